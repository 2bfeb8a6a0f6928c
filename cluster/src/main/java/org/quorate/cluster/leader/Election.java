package org.quorate.cluster.leader;

import java.util.Comparator;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * An election as read at some moment: who stands, who leads, whose turn it is. Decides nothing by
 * itself that could make two leaders; that is the one znode's business. Immutable.
 */
final class Election {
    static final String LEADER = "leader";
    private static final String CANDIDATE = "c-";

    private final String path;
    private final NavigableMap<String, Znode> znodes;

    Election(String path, NavigableMap<String, Znode> znodes) {
        this.path = path;
        this.znodes = znodes;
    }

    static String leaderPath(String path) {
        return Paths.join(path, LEADER);
    }

    static String candidatePath(String path, String id) {
        return Paths.join(path, CANDIDATE + id);
    }

    static Bytes holder(String id) {
        return Bytes.utf8(Json.Obj.EMPTY.with("holder", Json.of(id)).toString());
    }

    static Bytes next(String id) {
        return Bytes.utf8(Json.Obj.EMPTY.with("next", Json.of(id)).toString());
    }

    static Bytes self(String id) {
        return Bytes.utf8(Json.Obj.EMPTY.with("id", Json.of(id)).toString());
    }

    Optional<Znode> root() {
        return Optional.ofNullable(znodes.get(path));
    }

    Optional<Znode> leaderZnode() {
        return Optional.ofNullable(znodes.get(leaderPath(path)));
    }

    Optional<Znode> candidate(String id) {
        return Optional.ofNullable(znodes.get(candidatePath(path, id)));
    }

    /** Who leads; empty also if the znode's data makes no sense. */
    Optional<Leader> leader() {
        return leaderZnode()
                .flatMap(znode ->
                        member(znode, "id")
                                .map(id -> new Leader(id, new Epoch(znode.createdZxid()))));
    }

    /** Whether {@code id} should take the vacant place now, before the others try. */
    boolean isTurnOf(String id) {
        return id.equals(first());
    }

    /** To whom {@code id} should hand over if it does not mind: the oldest other candidate. */
    Optional<String> successorOf(String id) {
        return candidates().filter(name -> !name.equals(id)).findFirst();
    }

    private @Nullable String first() {
        Optional<String> named =
                root().flatMap(znode -> member(znode, "next"))
                        .filter(id -> candidate(id).isPresent());
        return named.or(() -> candidates().findFirst()).orElse(null);
    }

    private Stream<String> candidates() {
        String prefix = Paths.join(path, CANDIDATE);
        return znodes.values().stream()
                .filter(znode -> znode.path().startsWith(prefix))
                .sorted(Comparator.comparingLong(Znode::createdZxid))
                .map(znode -> znode.path().substring(prefix.length()));
    }

    private static Optional<String> member(Znode znode, String name) {
        if (znode.data().size() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parseObject(znode.data().text()).text(name, ""))
                    .filter(text -> !text.isEmpty());
        } catch (MalformedJsonException unreadable) {
            return Optional.empty(); // Somebody wrote there by hand; the order of age decides.
        }
    }
}
