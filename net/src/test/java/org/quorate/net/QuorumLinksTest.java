package org.quorate.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;

class QuorumLinksTest {
    private static final QuorumLinks.Options OPTIONS =
            new QuorumLinks.Options(2_000, 3, 20, 20, 100, 3, 8 << 20);

    /** One server's quorum port; what happened, as text. */
    private final class Server implements QuorumLinks.Handler {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final BlockingQueue<QuorumLink> opened = new LinkedBlockingQueue<>();
        final StringBuffer received = new StringBuffer();
        final PeerGroup group = new PeerGroup("test-quorum", false);
        final QuorumLinks links;
        final int port = freePort();

        Server(QuorumLinks.Options options) {
            groups.add(group);
            links = new QuorumLinks(group, options, this);
            links.listenOn(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        }

        QuorumLink link() throws InterruptedException {
            QuorumLink link = opened.poll(10, TimeUnit.SECONDS);
            assertThat(link).isNotNull();
            return link;
        }

        String event() throws InterruptedException {
            return events.poll(10, TimeUnit.SECONDS);
        }

        void send(QuorumLink link, String text) {
            byte[] bytes = text.getBytes(US_ASCII);
            group.loop().outbox().push(link, bytes, 0, bytes.length);
            group.loop().outbox().wake();
        }

        @Override
        public void accepted(QuorumLink link) {
            events.add("accepted");
            opened.add(link);
        }

        @Override
        public void opened(long attempt, QuorumLink link) {
            events.add("opened " + attempt);
            opened.add(link);
        }

        @Override
        public void dialFailed(long attempt, String why) {
            events.add("failed " + attempt);
        }

        @Override
        public void received(QuorumLink link, byte[] bytes, int from, int to) {
            received.append(new String(bytes, from, to - from, US_ASCII));
        }

        @Override
        public void closed(QuorumLink link) {
            events.add("closed");
        }
    }

    private final List<PeerGroup> groups = new ArrayList<>();
    private final List<AutoCloseable> sockets = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable socket : sockets) {
            socket.close();
        }
        groups.forEach(PeerGroup::close);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Socket dial(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    private static List<Endpoint> at(int... ports) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int port : ports) {
            endpoints.add(new Endpoint("localhost", port));
        }
        return endpoints;
    }

    /** A state of so many nodes. */
    private static final class View implements SnapshotSource {
        final AtomicBoolean closed = new AtomicBoolean();
        private final byte[] data = new byte[10_000];
        private final int nodes;
        private int next;

        View(int nodes) {
            this.nodes = nodes;
        }

        @Override
        public long lastZxid() {
            return 1;
        }

        @Override
        public long digestZxid() {
            return 0;
        }

        @Override
        public long treeDigest() {
            return 0;
        }

        @Override
        public int sessionCount() {
            return 0;
        }

        @Override
        public boolean nextSession(SnapshotSession into) {
            return false;
        }

        @Override
        public int aclCount() {
            return 0;
        }

        @Override
        public long nextAcl(AclVector into) {
            return 0;
        }

        @Override
        public boolean nextNode(SnapshotNode into) {
            if (next == nodes) {
                return false;
            }
            byte[] path = (next == 0 ? "" : "/n" + next).getBytes(US_ASCII);
            next++;
            into.path.set(path, 0, path.length);
            into.data.set(data, 0, data.length);
            return true;
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    void bytesPassBothWaysAndAClosingIsHeardByTheOtherSideOnly() throws Exception {
        Server leader = new Server(OPTIONS);
        Server learner = new Server(OPTIONS);
        leader.links.accept(true);
        learner.links.dial(7, at(leader.port));
        assertThat(learner.event()).isEqualTo("opened 7");
        assertThat(leader.event()).isEqualTo("accepted");
        QuorumLink toLeader = learner.link();
        QuorumLink toLearner = leader.link();
        learner.send(toLeader, "question");
        leader.send(toLearner, "answer");
        await().until(() -> leader.received.toString().equals("question"));
        await().until(() -> learner.received.toString().equals("answer"));
        learner.links.close(toLeader);
        learner.group.loop().outbox().wake();
        assertThat(leader.event()).isEqualTo("closed");
        assertThat(learner.events).isEmpty();
    }

    @Test
    void learnersAreAcceptedOnlyWhileTheyAreWanted() throws Exception {
        Server leader = new Server(OPTIONS);
        assertThatThrownBy(() -> dial(leader.port)).isInstanceOf(IOException.class);
        leader.links.accept(true);
        await().ignoreExceptions().until(() -> dial(leader.port).isConnected());
        assertThat(leader.event()).isEqualTo("accepted");
        QuorumLink link = leader.link();
        leader.links.accept(false);
        await().until(() -> {
            try {
                dial(leader.port);
                return false;
            } catch (IOException e) {
                return true;
            }
        });
        assertThat(link.isClosing()).isFalse();
    }

    @Test
    void aDialIsTriedAFewTimesAndThenFails() throws Exception {
        Server learner = new Server(OPTIONS);
        learner.links.dial(3, at(freePort()));
        assertThat(learner.event()).isEqualTo("failed 3");
        learner.links.dial(4, List.of());
        assertThat(learner.event()).isEqualTo("failed 4");
    }

    @Test
    void theAddressThatAnswersWins() throws Exception {
        Server leader = new Server(OPTIONS);
        Server learner = new Server(OPTIONS);
        leader.links.accept(true);
        learner.links.dial(9, at(freePort(), leader.port));
        assertThat(learner.event()).isEqualTo("opened 9");
    }

    @Test
    void aLeaderThatComesLateIsStillReached() throws Exception {
        Server leader = new Server(OPTIONS);
        Server learner =
                new Server(new QuorumLinks.Options(10_000, 1_000, 20, 20, 100, 3, 8 << 20));
        learner.links.dial(9, at(leader.port));
        TimeUnit.MILLISECONDS.sleep(100);
        leader.links.accept(true);
        assertThat(learner.event()).isEqualTo("opened 9");
    }

    @Test
    void aStateGoesOutWholeAndWhatIsSentLaterComesBehindIt() throws Exception {
        Server leader = new Server(OPTIONS);
        leader.links.accept(true);
        Socket learner = connect(leader);
        QuorumLink link = leader.link();
        View view = new View(2_000);
        byte[] before = "before".getBytes(US_ASCII);
        leader.group.loop().outbox().push(link, before, 0, before.length);
        leader.links.sendSnapshot(link, view);
        leader.send(link, "behind");
        leader.send(link, " it");
        JuteOut expected = new JuteOut();
        new SnapshotEncoder(new View(2_000)).encode(expected, Integer.MAX_VALUE / 2);
        expected.writeString(SnapshotEncoder.WIRE_SIGNATURE);
        DataInputStream in = new DataInputStream(learner.getInputStream());
        assertThat(in.readNBytes(6)).isEqualTo(before);
        assertThat(in.readNBytes(expected.size())).isEqualTo(expected.copy());
        assertThat(new String(in.readNBytes(9), US_ASCII)).isEqualTo("behind it");
        assertThat(view.closed).isTrue();
    }

    @Test
    void whatIsSentIsMeasuredUntilTheSocketHasTakenIt() throws Exception {
        Server leader = new Server(OPTIONS);
        leader.links.accept(true);
        Socket learner = connect(leader);
        QuorumLink link = leader.link();
        BlockingQueue<Long> waited = new LinkedBlockingQueue<>();
        leader.links.measure(link, waited::add);
        leader.send(link, "x");
        assertThat(waited.poll(10, TimeUnit.SECONDS)).isNotNull().isPositive();

        // More than two sockets hold: some waits here, and so does what is measured behind it.
        View view = new View(2_000);
        leader.links.sendSnapshot(link, view);
        leader.links.measure(link, waited::add);
        leader.send(link, "y");
        long beginNanos = System.nanoTime();
        JuteOut state = new JuteOut();
        new SnapshotEncoder(new View(2_000)).encode(state, Integer.MAX_VALUE / 2);
        state.writeString(SnapshotEncoder.WIRE_SIGNATURE);
        DataInputStream in = new DataInputStream(learner.getInputStream());
        assertThat(in.read()).isEqualTo('x');
        assertThat(waited).as("the state is not out").isEmpty();
        long unreadNanos = System.nanoTime() - beginNanos;
        in.skipNBytes(state.size());
        assertThat(in.read()).isEqualTo('y');
        assertThat(waited.poll(10, TimeUnit.SECONDS)).isNotNull().isGreaterThan(unreadNanos);
    }

    @Test
    void aLearnerThatGoesWhileAStateIsSentFreesTheView() throws Exception {
        Server leader = new Server(OPTIONS);
        leader.links.accept(true);
        Socket learner = connect(leader);
        assertThat(leader.event()).isEqualTo("accepted");
        QuorumLink link = leader.link();
        View view = new View(10_000);
        leader.links.sendSnapshot(link, view);
        leader.send(link, "x");
        learner.getInputStream().readNBytes(1_000);
        learner.close();
        assertThat(leader.event()).isEqualTo("closed");
        await().untilTrue(view.closed);
    }

    @Test
    void aLearnerThatDoesNotReadIsClosedPastTheLimit() throws Exception {
        Server leader = new Server(OPTIONS);
        leader.links.accept(true);
        connect(leader);
        assertThat(leader.event()).isEqualTo("accepted");
        QuorumLink link = leader.link();
        String much = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            leader.send(link, much);
        }
        assertThat(leader.event()).isEqualTo("closed");
    }

    @Test
    void ofThoseWhoDoNotSayWhoTheyAreTheOldestMakesRoomAndNobodyElse() throws Exception {
        Server leader = new Server(OPTIONS);
        leader.links.accept(true);
        Socket known = connect(leader);
        leader.links.introduced(leader.link());
        List<Socket> strangers = new ArrayList<>();
        for (int i = 0; i < OPTIONS.unidentifiedMax(); i++) {
            strangers.add(dial(leader.port));
            leader.link();
        }
        assertThat(leader.events).doesNotContain("closed");

        Socket oneMore = dial(leader.port);
        QuorumLink newest = leader.link();

        assertThat(strangers.getFirst().getInputStream().read()).isEqualTo(-1);
        for (Socket open : List.of(known, strangers.getLast(), oneMore)) {
            open.getOutputStream().write('x');
        }
        await().until(() -> leader.received.toString().equals("xxx"));
        assertThat(newest.isClosing()).isFalse();
    }

    private Socket connect(Server leader) {
        Socket[] open = new Socket[1];
        await().ignoreExceptions()
                .until(() -> {
                    open[0] = dial(leader.port);
                    return true;
                });
        return open[0];
    }
}
