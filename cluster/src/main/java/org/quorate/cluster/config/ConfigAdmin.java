package org.quorate.cluster.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * Changes a configuration. Every change is a new version, checked by the schema before it is
 * written; versions are never changed. Safe for many threads and processes: a change that another
 * one has overtaken is made again on top of it.
 *
 * <pre>{@code
 * ConfigAdmin admin = ConfigAdmin.open(coordinator, "/orders-db/config/ingest", SCHEMA);
 * admin.tryOut("larger batches", edit -> edit.set(BATCH, 500L), List.of("node-1"));
 * admin.widen(25);      // refused while a member reports an error or has not taken it yet
 * admin.complete();     // or admin.abort()
 * admin.rollBackTo(1, "slower after all");
 * }</pre>
 */
public final class ConfigAdmin {
    /** Largest version, as JSON. */
    public static final int BYTES_MAX = 64 * 1024;

    /** How many versions are kept. */
    public static final int VERSIONS_MAX = 50;

    static final String APPLIED = "applied";

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String path;
    private final Schema schema;

    private ConfigAdmin(Coordinator coordinator, String path, Schema schema) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.path = Paths.check(path);
        this.schema = schema;
    }

    /** The configuration at {@code path}, judged by {@code schema}. */
    public static ConfigAdmin open(Coordinator coordinator, String path, Schema schema) {
        return new ConfigAdmin(coordinator, path, schema);
    }

    static String applied(String path, String member) {
        return Paths.join(Paths.join(path, APPLIED), member);
    }

    /**
     * Changes the configuration for everybody at once.
     *
     * @return the new version
     * @throws InvalidConfigException if the result does not fit the schema; nothing is written
     * @throws IllegalStateException if a version is being tried out
     */
    public long change(String why, Consumer<Edit> change)
            throws InvalidConfigException, CoordinationException, InterruptedException {
        while (true) {
            Head head = head();
            requireQuiet(head);
            long version = head.rollout().latest() + 1;
            Rollout after = new Rollout(version, version, 0, List.of(), 0);
            if (write(head, after, edited(head, change), why)) {
                return version;
            }
        }
    }

    /**
     * Gives a new version to {@code members} only.
     *
     * @return the new version
     * @throws InvalidConfigException if the result does not fit the schema; nothing is written
     * @throws IllegalStateException if another version is being tried out
     */
    public long tryOut(String why, Consumer<Edit> change, List<String> members)
            throws InvalidConfigException, CoordinationException, InterruptedException {
        while (true) {
            Head head = head();
            requireQuiet(head);
            long version = head.rollout().latest() + 1;
            Rollout after = new Rollout(version, head.rollout().stable(), version, members, 0);
            if (write(head, after, edited(head, change), why)) {
                return version;
            }
        }
    }

    /**
     * Gives the version being tried to {@code percent} of all members.
     *
     * @throws IllegalStateException if none is being tried, or a member that tries it has refused
     *     it or not taken it yet
     */
    public void widen(int percent) throws CoordinationException, InterruptedException {
        while (true) {
            Head head = head();
            requireGood(head);
            Rollout now = head.rollout();
            Rollout after =
                    new Rollout(now.latest(), now.stable(), now.next(), now.members(), percent);
            if (write(head, after)) {
                return;
            }
        }
    }

    /** Gives the version being tried to everybody. Refused as {@link #widen} is. */
    public void complete() throws CoordinationException, InterruptedException {
        while (true) {
            Head head = head();
            requireGood(head);
            Rollout now = head.rollout();
            if (write(head, new Rollout(now.latest(), now.next(), 0, List.of(), 0))) {
                return;
            }
        }
    }

    /** Takes the version being tried back from whoever has it. */
    public void abort() throws CoordinationException, InterruptedException {
        while (true) {
            Head head = head();
            Rollout now = head.rollout();
            if (!now.underWay()
                    || write(head, new Rollout(now.latest(), now.stable(), 0, List.of(), 0))) {
                return;
            }
        }
    }

    /**
     * Makes a new version with the values of {@code version}, for everybody at once. A version
     * being tried is given up.
     *
     * @return the new version
     * @throws InvalidConfigException if those values do not fit the schema any more
     * @throws IllegalArgumentException if that version is not kept
     */
    public long rollBackTo(long version, String why)
            throws InvalidConfigException, CoordinationException, InterruptedException {
        Values values = valuesOf(version);
        while (true) {
            Head head = head();
            long fresh = head.rollout().latest() + 1;
            Rollout after = new Rollout(fresh, fresh, 0, List.of(), 0);
            if (write(head, after, values, why)) {
                return fresh;
            }
        }
    }

    /** Which version is for whom. */
    public Rollout rollout() throws CoordinationException, InterruptedException {
        return head().rollout();
    }

    /** What each member says it runs, by name. Members that do not follow are not there. */
    public Map<String, Applied> applied() throws CoordinationException, InterruptedException {
        Map<String, Applied> all = new TreeMap<>();
        String parent = Paths.join(path, APPLIED);
        List<String> paths = new ArrayList<>();
        for (String name : znodes.children(parent).orElse(List.of())) {
            paths.add(Paths.join(parent, name));
        }
        for (Optional<Znode> one : znodes.readAll(paths)) {
            if (one.isPresent()) {
                try {
                    all.put(one.get().name(), Applied.read(one.get().data()));
                } catch (MalformedJsonException unreadable) {
                    String told = String.valueOf(unreadable.getMessage());
                    all.put(one.get().name(), new Applied(0, -1, told));
                }
            }
        }
        return Collections.unmodifiableMap(all);
    }

    /** The versions that are kept, oldest first. */
    public List<Revision> history() throws CoordinationException, InterruptedException {
        List<String> names = new ArrayList<>(znodes.children(path).orElse(List.of()));
        names.removeIf(name -> !name.startsWith("v-"));
        Collections.sort(names);
        List<String> paths = names.stream().map(name -> Paths.join(path, name)).toList();
        List<Revision> revisions = new ArrayList<>();
        for (Optional<Znode> one : znodes.readAll(paths)) {
            if (one.isPresent()) {
                revisions.add(revision(one.get()));
            }
        }
        return revisions;
    }

    private record Head(Znode znode, Rollout rollout) {}

    private Head head() throws CoordinationException, InterruptedException {
        Optional<Znode> znode = znodes.read(path);
        if (znode.isEmpty()) {
            znodes.ensure(Paths.join(path, APPLIED));
            return head();
        }
        try {
            return new Head(znode.get(), Rollout.read(znode.get().data()));
        } catch (MalformedJsonException unreadable) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, path + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private Values edited(Head head, Consumer<Edit> change)
            throws InvalidConfigException, CoordinationException, InterruptedException {
        Edit edit = valuesOf(head.rollout().stable()).edit();
        change.accept(edit);
        return edit.done();
    }

    private Values valuesOf(long version)
            throws InvalidConfigException, CoordinationException, InterruptedException {
        if (version == 0) {
            return schema.defaults();
        }
        Optional<Znode> znode = znodes.read(Revision.path(path, version));
        if (znode.isEmpty()) {
            throw new IllegalArgumentException("version " + version + " is not kept at " + path);
        }
        return schema.read(revision(znode.get()).values());
    }

    private static Revision revision(Znode znode) throws CoordinationException {
        try {
            return Revision.read(znode);
        } catch (MalformedJsonException unreadable) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, znode.path() + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private boolean write(Head head, Rollout after)
            throws CoordinationException, InterruptedException {
        Transaction put =
                new Transaction().put(path, after.write(), head.znode().version()).withReceipt();
        return znodes.commit(put).done();
    }

    private boolean write(Head head, Rollout after, Values values, String why)
            throws CoordinationException, InterruptedException {
        Bytes data = Revision.write(values.json(), why, coordinator.nonce());
        if (data.size() > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a configuration of " + data.size() + " bytes; at most " + BYTES_MAX);
        }
        Outcome outcome =
                znodes.commit(
                        new Transaction()
                                .create(Revision.path(path, after.latest()), data)
                                .put(path, after.write(), head.znode().version())
                                .withReceipt());
        if (outcome.done()) {
            prune(after);
        }
        return outcome.done();
    }

    /** The stable version is kept however old it is. */
    private void prune(Rollout now) throws CoordinationException, InterruptedException {
        for (String name : znodes.children(path).orElse(List.of())) {
            boolean old =
                    name.startsWith("v-")
                            && name.compareTo(versionName(now.latest() - VERSIONS_MAX)) <= 0
                            && !name.equals(versionName(now.stable()));
            if (old) {
                znodes.commit(
                        new Transaction().delete(Paths.join(path, name), Transaction.ANY_VERSION));
            }
        }
    }

    private String versionName(long version) {
        String full = Revision.path(path, Math.max(0, version));
        return full.substring(full.lastIndexOf('/') + 1);
    }

    private static void requireQuiet(Head head) {
        if (head.rollout().underWay()) {
            throw new IllegalStateException(
                    "version "
                            + head.rollout().next()
                            + " is being tried out: complete or abort it first");
        }
    }

    private void requireGood(Head head) throws CoordinationException, InterruptedException {
        Rollout now = head.rollout();
        if (!now.underWay()) {
            throw new IllegalStateException("no version is being tried out at " + path);
        }
        List<String> wrong = new ArrayList<>();
        Map<String, Applied> all = applied();
        for (String member : now.members()) {
            if (!all.containsKey(member)) {
                wrong.add(member + " is not there");
            }
        }
        all.forEach((member, says) -> {
            if (now.tries(member) && says.version() != now.next()) {
                wrong.add(
                        says.error().isEmpty()
                                ? member + " has not taken it yet"
                                : member + ": " + says.error());
            }
        });
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(
                    "version " + now.next() + " is not good yet: " + String.join("; ", wrong));
        }
    }

    /** What has been set in the stable version, as it is written. */
    public Json.Obj stable()
            throws InvalidConfigException, CoordinationException, InterruptedException {
        return valuesOf(head().rollout().stable()).json();
    }
}
