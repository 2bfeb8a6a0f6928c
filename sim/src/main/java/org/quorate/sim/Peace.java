package org.quorate.sim;

import java.util.HashMap;
import java.util.Map;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;

/**
 * What must come of a world in which everything works again: one leader whom everybody follows,
 * clients who get on, and the same tree everywhere.
 */
final class Peace {
    private static final long STEP_NANOS = 100 * Timeline.MILLI;
    private static final long SETTLE_NANOS_MAX = 150 * Timeline.SECOND;
    private static final long WORK_NANOS = 1_500 * Timeline.MILLI;
    private static final Slice CONFIG = Slice.of("/zookeeper/config");

    private final World world;

    Peace(World world) {
        this.world = world;
    }

    void check() {
        if (!quorumCanStart()) {
            world.marks.add("run without a quorum in the end");
            return;
        }
        long begin = world.time.nowNanos();
        await("nobody leads everybody", this::everybodyFollows);
        world.marks.add("settle millis", (world.time.nowNanos() - begin) / Timeline.MILLI);
        worksForClients();
        world.clients.forEach(SimClient::calmDown);
        await("requests are left without an answer", this::nothingUnderWay);
        await("sessions are left that nobody has", this::sessionsAreHeld);
        await("the trees are not the same", this::treesAreSame);
        checkMembers();
        checkAccess();
        checkEphemerals();
    }

    /**
     * Servers that refuse to start, or that have lost what they had and wait for somebody to give
     * it to them again, make no quorum: neither of the configuration nor of one that was proposed.
     * A reconfiguration may have made too many of those who are left.
     */
    private boolean quorumCanStart() {
        for (ServerHost server : world.servers.values()) {
            if (!isAbleQuorum(server.config()) || !isAbleQuorum(server.proposedConfig())) {
                return false;
            }
        }
        return true;
    }

    private boolean isAbleQuorum(EnsembleConfig config) {
        return Quorums.isQuorum(
                config,
                id -> {
                    ServerHost server = world.serverOrNull(id);
                    return server != null && server.refusal() == null && !server.isDamaged();
                });
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String otherwise, Condition condition) {
        long until = world.time.nowNanos() + SETTLE_NANOS_MAX;
        while (!condition.holds()) {
            if (world.time.nowNanos() >= until) {
                throw new SimulationFailure(
                        "%d s after everything works again %s: %s",
                        SETTLE_NANOS_MAX / Timeline.SECOND, otherwise, standing());
            }
            world.time.runTo(world.time.nowNanos() + STEP_NANOS);
            world.servers.values().forEach(ServerHost::start);
        }
    }

    private String standing() {
        StringBuilder text = new StringBuilder();
        for (ServerHost server : world.servers.values()) {
            Life life = server.life();
            text.append(
                    "server %d %s %s; "
                            .formatted(
                                    server.id,
                                    server.role(),
                                    life == null
                                            ? server.refusal()
                                            : Long.toHexString(life.tree().lastZxid())));
        }
        return text + "configuration " + world.config().text().replace('\n', ' ');
    }

    private boolean everybodyFollows() {
        ServerHost leader = world.leader();
        if (leader == null) {
            return false;
        }
        if (isBarred(leader)) {
            world.marks.add("election for a member that promised a later epoch");
            leader.kill("a member has promised a later epoch, and it cannot go on in one");
            return false;
        }
        EnsembleConfig config = world.config();
        for (ServerHost server : world.servers.values()) {
            boolean member = config.member(server.id) != null;
            boolean counts = member && server.refusal() == null;
            if (counts && !(server.isServing() && server.role().epoch() == leader.role().epoch())) {
                return false;
            }
        }
        return true;
    }

    /**
     * As ZooKeeper's, these servers cannot go on in another epoch without an election; somebody has
     * promised a later one than the leader's, and stays out until there is one.
     */
    private boolean isBarred(ServerHost leader) {
        return world.settings.extras() == 0
                && world.servers.values().stream()
                        .map(ServerHost::life)
                        .anyMatch(life ->
                                life != null
                                        && life.store().acceptedEpoch() > leader.role().epoch());
    }

    /** Each client that has a server gets answers. */
    private void worksForClients() {
        long[] before = world.clients.stream().mapToLong(SimClient::answeredCount).toArray();
        long acknowledged = world.marks.count("write acknowledged");
        world.time.runTo(world.time.nowNanos() + WORK_NANOS);
        await(
                "a client gets no answer, or no write is acknowledged",
                () -> {
                    for (int i = 0; i < before.length; i++) {
                        if (world.clients.get(i).answeredCount() <= before[i]) {
                            return false;
                        }
                    }
                    return world.marks.count("write acknowledged") > acknowledged;
                });
    }

    private boolean nothingUnderWay() {
        for (SimClient client : world.clients) {
            if (client.underWayCount() > 0) {
                return false;
            }
        }
        return true;
    }

    /** Whoever has gone away expires. */
    private boolean sessionsAreHeld() {
        return !world.order.isWhole()
                || world.znodes.sessions().stream()
                        .allMatch(id ->
                                world.clients.stream()
                                        .anyMatch(client -> client.sessionId() == id));
    }

    private boolean treesAreSame() {
        ServerHost leader = world.leader();
        Life first = leader == null ? null : leader.life();
        if (first == null) {
            return false;
        }
        for (ServerHost server : world.servers.values()) {
            Life life = server.life();
            if (life == null || world.config().member(server.id) == null) {
                continue;
            }
            if (!server.isServing()
                    || life.tree().digest() != first.tree().digest()
                    || life.tree().nodeCount() != first.tree().nodeCount()
                    || life.replica().outstanding() > 0) {
                return false;
            }
        }
        return true;
    }

    /** To the letter, and as clients read them. */
    private void checkMembers() {
        String members = world.config().text();
        for (ServerHost server : world.servers.values()) {
            Life life = server.life();
            if (life == null || world.config().member(server.id) == null) {
                continue;
            }
            String shown = shownConfig(life.tree());
            if (!server.config().text().equals(members) || !shown.equals(members)) {
                throw new SimulationFailure(
                        "%s has the members %s and shows %s; they are %s",
                        server, server.config().text(), shown, members);
            }
        }
    }

    private static String shownConfig(DataTree tree) {
        JuteOut data = new JuteOut();
        tree.writeData(tree.find(CONFIG), data);
        Slice text = new Slice();
        new JuteIn().wrap(data.array(), 0, data.size()).readText(text);
        return text.text();
    }

    /** Digests cover no access lists. */
    private void checkAccess() {
        Map<String, AclList> first = null;
        for (ServerHost server : world.servers.values()) {
            Life life = server.life();
            if (life == null || world.config().member(server.id) == null) {
                continue;
            }
            Map<String, AclList> access = access(life.tree());
            if (first == null) {
                first = access;
            } else if (!access.equals(first)) {
                access.entrySet().removeAll(first.entrySet());
                throw new SimulationFailure(
                        "%s has other access lists than another server: %s", server, access);
            }
        }
    }

    private static Map<String, AclList> access(DataTree tree) {
        Map<String, AclList> access = new HashMap<>();
        try (SnapshotSource view = tree.freeze()) {
            SnapshotSession session = new SnapshotSession();
            while (view.nextSession(session)) {
                // They come first.
            }
            Map<Long, AclList> lists = new HashMap<>();
            AclVector list = new AclVector();
            for (long ref = view.nextAcl(list); ref != 0; ref = view.nextAcl(list)) {
                lists.put(ref, list.toList());
            }
            lists.put(SnapshotNode.ACL_REF_OPEN, AclList.OPEN);
            SnapshotNode node = new SnapshotNode();
            while (view.nextNode(node)) {
                access.put(node.path.text(), lists.get(node.aclRef));
            }
        }
        return access;
    }

    /** Ephemerals are there as the transactions say, and only of sessions that live. */
    private void checkEphemerals() {
        if (!world.order.isWhole()) {
            return;
        }
        for (ServerHost server : world.servers.values()) {
            Life life = server.life();
            // Without extended types a TTL node looks like an ephemeral.
            if (life == null || !server.isServing() || !server.replicaOptions.extendedTypes()) {
                continue;
            }
            life.tree()
                    .forEachEphemeralOwner((sessionId, _) -> {
                        if (!life.tree().hasSession(sessionId)) {
                            throw new SimulationFailure(
                                    "%s has ephemerals of session 0x%x, which is over",
                                    server, sessionId);
                        }
                    });
            if (life.tree().ephemeralCount() != world.znodes.ephemeralCount()
                    && world.config().member(server.id) != null) {
                throw new SimulationFailure(
                        "%s has %d ephemerals, there are %d",
                        server, life.tree().ephemeralCount(), world.znodes.ephemeralCount());
            }
        }
    }
}
