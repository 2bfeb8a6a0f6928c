package org.quorate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.InitialMessage;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PeerState;

class ElectionLinksTest {
    private static final int SET_UP_MILLIS = 500;
    private static final int UNIDENTIFIED_MAX = 3;
    private static final int KEPT_BYTES_MAX = 1 << 20;

    record Heard(long from, Notification vote) {}

    /** A server's election port, and what it heard. */
    private final class Server implements ElectionLinks.Handler {
        final long id;
        final int port;
        final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
        final BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();
        final PeerGroup group;
        final ElectionLinks links;

        Server(long id) throws IOException {
            this(id, freePort());
        }

        Server(long id, int port) {
            this(id, port, SET_UP_MILLIS);
        }

        Server(long id, int port, int setUpMillis) {
            this.id = id;
            this.port = port;
            group = new PeerGroup("test-election-" + id, false);
            groups.add(group);
            links =
                    new ElectionLinks(
                            group,
                            new ElectionLinks.Options(
                                    id,
                                    false,
                                    5_000,
                                    setUpMillis,
                                    3,
                                    20,
                                    10,
                                    UNIDENTIFIED_MAX,
                                    KEPT_BYTES_MAX),
                            this);
            listen(port);
        }

        void listen(int on) {
            links.listen(
                    List.of(new Endpoint("127.0.0.1", on)),
                    List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), on)));
        }

        Endpoint endpoint() {
            return new Endpoint("localhost", port);
        }

        Heard next() throws InterruptedException {
            Heard next = heard.poll(10, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }

        @Override
        public void vote(long serverId, Notification vote) {
            heard.add(new Heard(serverId, vote));
        }

        @Override
        public void cannotListen(IOException why) {
            failures.add(why);
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Notification vote(long zxid) {
        return new Notification(PeerState.LOOKING, 3, zxid, 1, 0, 2, "version=0");
    }

    private Socket dial(int port) throws Exception {
        Socket[] open = new Socket[1];
        await().ignoreExceptions()
                .until(() -> {
                    open[0] = new Socket(InetAddress.getLoopbackAddress(), port);
                    return true;
                });
        open[0].setSoTimeout(10_000);
        sockets.add(open[0]);
        return open[0];
    }

    @Test
    void withSeveralAddressesOneThatCannotBeListenedOnIsDoneWithout() throws Exception {
        Server one = new Server(1);
        int port = freePort();
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", port);
        one.links.listen(
                List.of(new Endpoint("127.0.0.1", port), new Endpoint("nowhere.invalid", port)),
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), nowhere));

        dial(port);
        await().during(Duration.ofMillis(300)).until(one.failures::isEmpty);

        one.links.listen(List.of(new Endpoint("nowhere.invalid", port)), List.of(nowhere));
        assertThat(one.failures.poll(10, TimeUnit.SECONDS))
                .hasMessage("cannot listen on nowhere.invalid:%d: its name has no address", port);
    }

    private ServerSocket listen() throws IOException {
        ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    private Socket accept(ServerSocket listener) throws IOException {
        Socket socket = listener.accept();
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        return socket;
    }

    private static byte[] introduction(long id, int port) {
        JuteOut out = new JuteOut();
        InitialMessage.of(id, new Endpoint("127.0.0.1", port)).write(out);
        return out.copy();
    }

    private static InitialMessage readIntroduction(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] head = in.readNBytes(20);
        int length = ByteBuffer.wrap(head).getInt(16);
        byte[] all = ByteBuffer.allocate(20 + length).put(head).put(in.readNBytes(length)).array();
        return InitialMessage.read(new JuteIn().wrap(all));
    }

    private static Notification readVote(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return Notification.read(new JuteIn().wrap(in.readNBytes(in.readInt())));
    }

    private static byte[] frame(Notification vote) {
        JuteOut out = new JuteOut();
        vote.writeFrame(out);
        return out.copy();
    }

    private static void assertClosed(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void votesPassBothWaysWhoeverBegins() throws Exception {
        Server one = new Server(1);
        Server two = new Server(2);
        one.links.members(Map.of(2L, List.of(two.endpoint())));
        two.links.members(Map.of(1L, List.of(one.endpoint())));
        await().ignoreExceptions().until(() -> dial(two.port).isConnected());
        one.links.send(2, vote(11));
        assertThat(two.next()).isEqualTo(new Heard(1, vote(11)));
        two.links.send(1, vote(22));
        assertThat(one.next()).isEqualTo(new Heard(2, vote(22)));
        for (int i = 0; i < 1_000; i++) {
            two.links.send(1, vote(100 + i));
        }
        await().until(() -> one.heard.stream().anyMatch(heard -> heard.vote.zxid() == 1_099));
    }

    @Test
    void aDiallerWithASmallerIdIsClosedAndDialledBackWhereItSaid() throws Exception {
        Server server = new Server(5);
        ServerSocket back = listen();
        Socket socket = dial(server.port);
        socket.getOutputStream().write(introduction(2, back.getLocalPort()));
        assertClosed(socket);
        Socket returned = accept(back);
        InitialMessage message = readIntroduction(returned);
        assertThat(message.serverId()).isEqualTo(5);
        assertThat(message.protocolVersion()).isEqualTo(InitialMessage.VERSION_ONE_ADDRESS);
        assertThat(message.electionAddresses())
                .containsExactly(new Endpoint("127.0.0.1", server.port));
        returned.getOutputStream().write(frame(vote(9)));
        assertThat(server.next()).isEqualTo(new Heard(2, vote(9)));
        server.links.send(2, vote(10));
        assertThat(readVote(returned)).isEqualTo(vote(10));
    }

    @Test
    void towardsALargerIdTheConnectionIsClosedBehindTheInitialMessage() throws Exception {
        Server server = new Server(1);
        ServerSocket larger = listen();
        server.links.members(Map.of(7L, List.of(new Endpoint("127.0.0.1", larger.getLocalPort()))));
        server.links.send(7, vote(1));
        Socket dialled = accept(larger);
        assertThat(readIntroduction(dialled).serverId()).isEqualTo(1);
        assertClosed(dialled);
        Socket kept = dial(server.port);
        kept.getOutputStream().write(introduction(7, larger.getLocalPort()));
        assertThat(readVote(kept)).isEqualTo(vote(1));
    }

    @Test
    void aNewConnectionReplacesTheOldOneAndHearsTheLastVoteAgain() throws Exception {
        Server server = new Server(1);
        Socket first = dial(server.port);
        first.getOutputStream().write(introduction(7, 1));
        server.links.send(7, vote(1));
        assertThat(readVote(first)).isEqualTo(vote(1));
        Socket second = dial(server.port);
        second.getOutputStream().write(introduction(7, 1));
        assertThat(readVote(second)).isEqualTo(vote(1));
        assertClosed(first);
        second.getOutputStream().write(frame(vote(3)));
        assertThat(server.next()).isEqualTo(new Heard(7, vote(3)));
    }

    @Test
    void messagesMayComeByteByByte() throws Exception {
        Server server = new Server(1);
        Socket socket = dial(server.port);
        for (byte b : introduction(7, 1)) {
            socket.getOutputStream().write(b);
            socket.getOutputStream().flush();
        }
        for (byte b : frame(vote(3))) {
            socket.getOutputStream().write(b);
            socket.getOutputStream().flush();
        }
        assertThat(server.next()).isEqualTo(new Heard(7, vote(3)));
    }

    @Test
    void anAnonymousObserverIsDialledBackUnderANegativeId() throws Exception {
        Server server = new Server(1);
        ServerSocket back = listen();
        Socket socket = dial(server.port);
        socket.getOutputStream()
                .write(introduction(InitialMessage.ANONYMOUS_OBSERVER, back.getLocalPort()));
        assertClosed(socket);
        Socket returned = accept(back);
        readIntroduction(returned);
        returned.getOutputStream().write(frame(vote(3)));
        assertThat(server.next()).isEqualTo(new Heard(-1, vote(3)));
    }

    @Test
    void theListOfAddressesOfVersionTwoIsUnderstood() throws Exception {
        Server server = new Server(5);
        ServerSocket back = listen();
        Socket socket = dial(server.port);
        JuteOut out = new JuteOut();
        new InitialMessage(
                        InitialMessage.VERSION_ADDRESS_LIST,
                        2,
                        List.of(
                                new Endpoint("127.0.0.1", freePort()),
                                new Endpoint("127.0.0.1", back.getLocalPort())))
                .write(out);
        socket.getOutputStream().write(out.copy());
        assertThat(readIntroduction(accept(back)).serverId()).isEqualTo(5);
    }

    @Test
    void whoeverSpeaksNonsenseOrNothingOrBorrowsOurIdIsClosed() throws Exception {
        Server server = new Server(5);
        Socket nonsense = dial(server.port);
        nonsense.getOutputStream().write(new byte[] {-1, -2, -3, -4, -5, -6, -7, -8, -9});
        assertClosed(nonsense);
        Socket own = dial(server.port);
        own.getOutputStream().write(introduction(5, 1));
        assertClosed(own);
        assertClosed(dial(server.port));
    }

    @Test
    void aFrameLengthOutOfRangeClosesAndTheLongestIsTaken() throws Exception {
        Server server = new Server(1);
        for (int length : new int[] {0, -1, Notification.PAYLOAD_BYTES_MAX + 1}) {
            Socket socket = dial(server.port);
            socket.getOutputStream().write(introduction(7, 1));
            socket.getOutputStream().write(ByteBuffer.allocate(4).putInt(length).array());
            assertClosed(socket);
        }
        Socket socket = dial(server.port);
        socket.getOutputStream().write(introduction(7, 1));
        String config = "#".repeat(Notification.PAYLOAD_BYTES_MAX - 44);
        Notification longest = new Notification(PeerState.LOOKING, 3, 1, 1, 0, 2, config);
        socket.getOutputStream().write(frame(longest));
        assertThat(server.next()).isEqualTo(new Heard(7, longest));
    }

    @Test
    void aNotificationThatCannotBeReadIsDroppedAndTheNextOneHeard() throws Exception {
        Server server = new Server(1);
        Socket socket = dial(server.port);
        socket.getOutputStream().write(introduction(7, 1));
        socket.getOutputStream().write(ByteBuffer.allocate(9).putInt(5).array());
        socket.getOutputStream().write(frame(vote(4)));
        assertThat(server.next()).isEqualTo(new Heard(7, vote(4)));
    }

    @Test
    void ofThoseWhoDoNotSayWhoTheyAreTheOldestMakesRoom() throws Exception {
        Server server = new Server(1, freePort(), 60_000);
        Socket known = dial(server.port);
        known.getOutputStream().write(introduction(7, 1));
        known.getOutputStream().write(frame(vote(1)));
        assertThat(server.next()).isEqualTo(new Heard(7, vote(1)));
        List<Socket> strangers = new ArrayList<>();
        for (int i = 0; i <= UNIDENTIFIED_MAX; i++) {
            strangers.add(dial(server.port));
        }

        assertClosed(strangers.getFirst());
        strangers.get(1).getOutputStream().write(introduction(8, 1));
        strangers.get(1).getOutputStream().write(frame(vote(2)));
        assertThat(server.next()).isEqualTo(new Heard(8, vote(2)));
        known.getOutputStream().write(frame(vote(3)));
        assertThat(server.next()).isEqualTo(new Heard(7, vote(3)));
    }

    @Test
    void messagesThatAreNotThereAsAWholeHaveALimitInAll() throws Exception {
        Server server = new Server(1);
        byte[] half = new byte[4 + KEPT_BYTES_MAX / 5 * 2];
        ByteBuffer.wrap(half).putInt(Notification.PAYLOAD_BYTES_MAX);
        Socket[] sockets = new Socket[3];
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = dial(server.port);
            sockets[i].getOutputStream().write(introduction(7 + i, 1));
            sockets[i].getOutputStream().write(half);
        }
        List<Boolean> closed = new ArrayList<>();
        for (Socket socket : sockets) {
            socket.setSoTimeout(1_000);
            closed.add(isClosed(socket));
        }
        assertThat(closed).as("one has brought too much").containsOnlyOnce(true);
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Test
    void serversOfNoConfigurationThatAreGoneAreForgottenWhenTheyAreMany() throws Exception {
        Server server = new Server(1);
        dial(server.port).close(); // it listens
        for (int i = 0; i <= ElectionLinks.SERVERS_MAX; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port)) {
                socket.getOutputStream().write(introduction(100 + i, 1));
                socket.getOutputStream().write(frame(vote(i)));
                assertThat(server.next()).isEqualTo(new Heard(100 + i, vote(i)));
            }
        }
        CompletableFuture<Integer> servers = new CompletableFuture<>();
        server.group.loop().execute(() -> servers.complete(server.links.servers()));
        assertThat(servers).succeedsWithin(Duration.ofSeconds(10));
        assertThat(servers.get()).isLessThanOrEqualTo(ElectionLinks.SERVERS_MAX);
    }

    @Test
    void aTakenPortIsTriedThreeTimesAndThenReported() throws Exception {
        ServerSocket taken = listen();
        Server server = new Server(1, taken.getLocalPort());
        IOException why = server.failures.poll(10, TimeUnit.SECONDS);
        assertThat(why).hasMessageContaining("the port is in use");
        server.links.close();
    }

    @Test
    void itMovesToAnotherPort() throws Exception {
        Server server = new Server(1);
        dial(server.port).close();
        int other;
        try (ServerSocket free = listen()) {
            other = free.getLocalPort();
        }
        server.listen(other);
        Socket socket = dial(other);
        assertThatThrownBy(() -> new Socket("127.0.0.1", server.port).close())
                .isInstanceOf(IOException.class);
        socket.getOutputStream().write(introduction(7, 1));
        socket.getOutputStream().write(frame(vote(4)));
        assertThat(server.next()).isEqualTo(new Heard(7, vote(4)));
    }
}
