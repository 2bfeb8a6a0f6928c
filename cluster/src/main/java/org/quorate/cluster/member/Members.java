package org.quorate.cluster.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All members under one root, followed as they come and go. The view lags behind the service by
 * moments; decisions that must be exact carry incarnations. Safe for many threads.
 */
public final class Members implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);

    /** Hears of comings and goings, in order, on a thread of the toolkit. It may block. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Something has changed.
         *
         * @param now all members by name
         * @param changes what has happened; the first call tells everybody as joined
         */
        void changed(SortedMap<String, Member> now, List<MemberChange> changes);

        /**
         * The view has moved on, and {@link #changed} is about to tell what that means, which may
         * take a question to the service. For those who cannot wait and look at {@code now} alone.
         * Must not block.
         */
        default void moved(SortedMap<String, Member> now) {}
    }

    private final Coordinator coordinator;
    private final Layout layout;
    private final Damping damping;
    private final Listener listener;
    private final Mirror mirror;
    private volatile SortedMap<String, Member> now = Collections.emptySortedMap();
    private volatile boolean complete;

    private Members(Coordinator coordinator, String root, Damping damping, Listener listener) {
        this.coordinator = coordinator;
        this.layout = new Layout(root);
        this.damping = damping;
        this.listener = listener;
        this.mirror = Mirror.open(coordinator, layout.home(), 2, (all, changes) -> update(all));
    }

    /** Begins to follow the members under {@code root}. */
    public static Members watch(Coordinator coordinator, String root, Listener listener) {
        return watch(coordinator, root, Damping.DEFAULT, listener);
    }

    /** Begins to follow the members under {@code root}, damped by {@code damping}. */
    public static Members watch(
            Coordinator coordinator, String root, Damping damping, Listener listener) {
        return new Members(coordinator, root, damping, listener);
    }

    /** What one member says about itself now, read once; empty if it is not there. */
    public static Optional<Profile> profile(Coordinator coordinator, String root, String id)
            throws CoordinationException, InterruptedException {
        return profiles(coordinator, root, List.of(id)).get(0);
    }

    /** {@link #profile} for many members in one round, in their order. */
    public static List<Optional<Profile>> profiles(
            Coordinator coordinator, String root, List<String> ids)
            throws CoordinationException, InterruptedException {
        List<String> paths = new ArrayList<>();
        ids.forEach(id -> paths.add(new Layout(root).live(id)));
        List<Optional<Profile>> profiles = new ArrayList<>();
        for (Optional<Znode> live : coordinator.znodes().readAll(paths)) {
            profiles.add(live.flatMap(Members::profile));
        }
        return profiles;
    }

    private static Optional<Profile> profile(Znode live) {
        try {
            return Optional.of(Profile.fromJson(Json.parseObject(live.data().text())));
        } catch (MalformedJsonException unreadable) {
            LOG.warn("a member cannot be read member={}: {}", live.name(), unreadable.getMessage());
            return Optional.empty();
        }
    }

    /** The incarnation in which a member is there now, read from the service; 0 if it is not. */
    public static long incarnation(Coordinator coordinator, String root, String id)
            throws CoordinationException, InterruptedException {
        return coordinator
                .znodes()
                .read(new Layout(root).live(id))
                .map(Znode::createdZxid)
                .orElse(0L);
    }

    /** All members by name; immutable. Empty until the view is complete for the first time. */
    public SortedMap<String, Member> now() {
        return now;
    }

    /** One member, if it is there. */
    public Optional<Member> get(String id) {
        return Optional.ofNullable(now.get(id));
    }

    /**
     * Waits until the view is complete for the first time.
     *
     * @return whether it is
     */
    public boolean awaitComplete(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> complete, atMost.toNanos());
    }

    /**
     * Says, as an operator, that {@code id} should be relieved of everything, or not any more. It
     * is remembered whether that member is there or not.
     */
    public void askToDrain(String id, boolean wanted)
            throws CoordinationException, InterruptedException {
        String path = layout.drain(Paths.checkName(id));
        if (wanted) {
            coordinator.znodes().ensure(path);
        } else {
            coordinator.znodes().commit(new Transaction().delete(path, Transaction.ANY_VERSION));
        }
    }

    /** Forgets the past of a member that is not there and will not come back. */
    public void forget(String id) throws CoordinationException, InterruptedException {
        askToDrain(id, false);
        Transaction forget =
                new Transaction()
                        .delete(layout.history(Paths.checkName(id)), Transaction.ANY_VERSION);
        coordinator.znodes().commit(forget);
    }

    /** Ends following. */
    @Override
    public void close() {
        mirror.close();
    }

    private void update(NavigableMap<String, Znode> all) {
        SortedMap<String, Member> before = now;
        SortedMap<String, Member> after = new TreeMap<>();
        String prefix = layout.live() + "/";
        for (Znode live : all.tailMap(prefix, false).values()) {
            if (!live.path().startsWith(prefix)) {
                break;
            }
            read(live, all).ifPresent(member -> after.put(member.id(), member));
        }
        now = Collections.unmodifiableSortedMap(after);
        boolean first = !complete;
        complete = true;
        coordinator.host().signal();
        if (first || !after.equals(before)) {
            listener.moved(now);
        }
        List<MemberChange> changes = changes(before, after);
        if (first || !changes.isEmpty()) {
            listener.changed(now, changes);
        }
    }

    private Optional<Member> read(Znode live, NavigableMap<String, Znode> all) {
        String id = live.name();
        try {
            Json.Obj json = Json.parseObject(live.data().text());
            History history = History.read(json, live.createdMillis());
            boolean drains = json.flag("draining", false) || all.containsKey(layout.drain(id));
            return Optional.of(
                    new Member(
                            id,
                            live.createdZxid(),
                            live.ownerSession(),
                            Profile.fromJson(json),
                            drains,
                            live.createdMillis(),
                            history.lossMillis(),
                            damping.steadyAtMillis(history.lossMillis())));
        } catch (MalformedJsonException unreadable) {
            LOG.warn("a member cannot be read member={}: {}", id, unreadable.getMessage());
            return Optional.empty();
        }
    }

    private List<MemberChange> changes(
            SortedMap<String, Member> before, SortedMap<String, Member> after) {
        List<MemberChange> changes = new ArrayList<>();
        before.forEach((id, old) -> {
            Member young = after.get(id);
            if (young == null) {
                changes.add(hasLeft(id) ? new MemberChange.Left(old) : new MemberChange.Lost(old));
            } else if (young.incarnation() != old.incarnation()) {
                changes.add(
                        young.lossMillis().equals(old.lossMillis())
                                ? new MemberChange.Left(old)
                                : new MemberChange.Lost(old));
                changes.add(new MemberChange.Joined(young));
            } else if (!young.equals(old)) {
                changes.add(new MemberChange.Updated(old, young));
            }
        });
        after.forEach((id, young) -> {
            if (!before.containsKey(id)) {
                changes.add(new MemberChange.Joined(young));
            }
        });
        return changes;
    }

    /**
     * Asks the service, because the event of a departure may have reached us before that of the
     * note about it, which belongs to the same transaction.
     */
    private boolean hasLeft(String id) {
        try {
            Optional<Znode> past = coordinator.znodes().read(layout.history(id));
            return past.isEmpty() || History.read(past.get()).left();
        } catch (CoordinationException | MalformedJsonException unknown) {
            return false; // Nothing is worse than a loss: take it for one.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
