package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.ReplyHeader;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.zab.ZabOptions;

/**
 * Clients of three servers that are cut off, stand still and lose their links, from a seed.
 * Whatever a client was told stays true: an acknowledged create is there once, one that failed is
 * not, one without an answer is there at most once; zxids do not go back on a connection; nobody is
 * answered whose session is over.
 */
class FaultsTest {
    private static final int TURNS = 4000;

    private Random random = new Random();
    private long seed;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverAClientWasToldStaysTrue(long theSeed) {
        seed = theSeed;
        random = new Random(seed);
        try (Ensemble ensemble =
                new Ensemble(
                        3,
                        options -> options.sessionTimeoutMillis(400, 4000),
                        // Every second seed needs long to notice that a peer is gone.
                        options -> withSyncLimit(options, seed % 2 == 0 ? 5 : 20))) {
            ensemble.awaitLeader();
            Caller.open(ensemble.awaitLeader()).create("/n", "", 0);
            List<Agent> agents = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                agents.add(new Agent(ensemble, i));
            }
            List<Host> hosts = new ArrayList<>(ensemble.hosts.values());
            hosts.forEach(host -> {
                host.readsBeside = true;
                host.answered = connection -> checkAlive(ensemble, connection);
            });
            for (int turn = 0; turn < TURNS; turn++) {
                if (random.nextInt(150) == 0) {
                    fault(ensemble, hosts.get(random.nextInt(hosts.size())));
                }
                if (random.nextInt(200) == 0) {
                    ensemble.heal();
                    hosts.forEach(ensemble::resume);
                }
                if (random.nextInt(30) == 0) {
                    // A disk that is slow for a while.
                    hosts.get(random.nextInt(hosts.size())).logging = random.nextBoolean();
                }
                ensemble.turn();
                agents.forEach(Agent::act);
            }
            ensemble.heal();
            hosts.forEach(ensemble::resume);
            hosts.forEach(host -> host.logging = true);
            ensemble.pass(10_000);
            ensemble.awaitQuorum();
            ensemble.pass(1000);
            agents.forEach(Agent::collect);
            verify(ensemble, agents);
        }
    }

    private static ZabOptions withSyncLimit(ZabOptions options, int ticks) {
        return ZabOptions.of(
                options.serverId(), options.tickMillis(), options.initLimitTicks(), ticks);
    }

    private void fault(Ensemble ensemble, Host host) {
        switch (random.nextInt(6)) {
            case 4, 5 -> {
                List<Host> all = new ArrayList<>(ensemble.hosts.values());
                Host other = all.get(random.nextInt(all.size()));
                if (other != host) {
                    ensemble.mute(host, other);
                }
            }
            case 0 -> ensemble.cut(host);
            case 1 -> ensemble.pause(host);
            case 2 -> ensemble.breakLinks(host);
            default -> {
                Host leader = ensemble.leader();
                if (leader != null) {
                    leader.replica.zab().handOver();
                }
            }
        }
    }

    private void checkAlive(Ensemble ensemble, Connection connection) {
        long id = connection.sessionId();
        if (id == 0) {
            return;
        }
        for (Host host : ensemble.hosts.values()) {
            if (sessionsSeen.computeIfAbsent(host, _ -> new HashSet<>()).contains(id)
                    && !host.tree.hasSession(id)) {
                throw new IllegalStateException(
                        "seed %d: %s is answered, but its session is over"
                                .formatted(seed, connection));
            }
            if (host.tree.hasSession(id)) {
                sessionsSeen.get(host).add(id);
            }
        }
    }

    private final Map<Host, Set<Long>> sessionsSeen = new HashMap<>();

    private void verify(Ensemble ensemble, List<Agent> agents) {
        Host first = ensemble.serving().getFirst();
        for (Host host : ensemble.serving()) {
            assertThat(host.tree.digest()).as("seed %d", seed).isEqualTo(first.tree.digest());
            assertThat(host.replica.outstanding()).as("seed %d", seed).isZero();
        }
        Caller reader = Caller.open(first);
        assertThat(reader.call(Caller.readRequest(OpCode.GET_CHILDREN, "/n", false))).isZero();
        Map<String, Integer> found = new HashMap<>();
        int count = reader.body.readInt();
        for (int i = 0; i < count; i++) {
            String name = String.valueOf(reader.body.readString());
            found.merge(name.substring(0, name.length() - 10), 1, Integer::sum);
        }
        int acknowledged = 0;
        for (Agent agent : agents) {
            for (String name : agent.acknowledged) {
                assertThat(found.get(name)).as("seed %d, %s", seed, name).isEqualTo(1);
                acknowledged++;
            }
            for (String name : agent.failed) {
                assertThat(found).as("seed %d", seed).doesNotContainKey(name);
            }
        }
        assertThat(found.values()).as("seed %d", seed).allMatch(times -> times == 1);
        assertThat(acknowledged).as("seed %d", seed).isPositive();
    }

    /** A client that does not wait. */
    private final class Agent {
        private final Ensemble ensemble;
        private final int number;
        final Set<String> acknowledged = new HashSet<>();
        final Set<String> failed = new HashSet<>();
        private final Map<Integer, String> underWay = new HashMap<>();
        private Host.@Nullable Client client;
        private final ConnectResponse session = new ConnectResponse();
        private byte[] password = new byte[16];
        private boolean greeted;
        private long zxid;
        private int xid;
        private int created;
        private int silentTurns;

        Agent(Ensemble ensemble, int number) {
            this.ensemble = ensemble;
            this.number = number;
        }

        void act() {
            collect();
            Host.Client open = client;
            if (open == null || open.closed) {
                if (random.nextInt(20) == 0) {
                    connect();
                }
            } else if (silentTurns > 0) {
                silentTurns--;
            } else if (random.nextInt(200) == 0) {
                silentTurns = random.nextInt(200);
            } else if (greeted && random.nextInt(6) == 0) {
                if (underWay.size() > 10 || random.nextInt(2) == 0) {
                    send(open, Caller.readRequest(OpCode.GET_CHILDREN, "/", false));
                } else {
                    String name = "c%d-%d-".formatted(number, created++);
                    int flags = random.nextInt(8) == 0 ? 77 : CreateRequest.FLAG_SEQUENTIAL;
                    underWay.put(
                            send(
                                    open,
                                    Caller.createRequest(
                                            OpCode.CREATE, "/n/" + name, "", flags, AclList.OPEN)),
                            name);
                }
            }
        }

        private void connect() {
            List<Host> hosts = new ArrayList<>(ensemble.hosts.values());
            Host.Client next = hosts.get(random.nextInt(hosts.size())).connect();
            client = next;
            greeted = false;
            zxid = 0;
            underWay.clear();
            ConnectRequest request = new ConnectRequest();
            request.timeoutMillis = 400 + random.nextInt(2000);
            request.sessionId = session.sessionId;
            request.password.set(password, 0, password.length);
            JuteOut out = new JuteOut().writeInt(0);
            request.write(out);
            out.setInt(0, out.size() - 4);
            next.send(out.copy());
        }

        private int send(Host.Client to, Request request) {
            xid++;
            JuteOut out = new JuteOut().writeInt(0).writeInt(xid).writeInt(request.type());
            request.write(out);
            out.setInt(0, out.size() - 4);
            to.send(out.copy());
            return xid;
        }

        void collect() {
            Host.Client from = client;
            if (from == null) {
                return;
            }
            for (byte[] frame = from.frames.poll(); frame != null; frame = from.frames.poll()) {
                JuteIn in = new JuteIn().wrap(frame, 4, frame.length);
                if (!greeted) {
                    session.read(in);
                    password = session.password.copy();
                    greeted = session.sessionId != 0;
                    continue;
                }
                ReplyHeader header = new ReplyHeader().read(in);
                if (header.zxid < zxid) {
                    throw new IllegalStateException("seed %d: zxids go back".formatted(seed));
                }
                zxid = header.zxid;
                String name = underWay.remove(header.xid);
                if (name != null) {
                    (header.err == ErrorCode.OK ? acknowledged : failed).add(name);
                }
            }
        }
    }
}
