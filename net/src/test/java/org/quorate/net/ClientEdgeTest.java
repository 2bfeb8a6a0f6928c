package org.quorate.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientEdgeTest {
    private static final ClientEdgeOptions OPTIONS =
            options(1, ClientEdgeOptions.DEFAULT.connections());
    private static final int FLOOD_TURNS = 10;
    private static final byte[] HELLO = ScriptedHandler.frame("hello".getBytes(US_ASCII));

    private final List<ScriptedHandler> handlers = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final AtomicLong measured = new AtomicLong();
    private ClientEdge edge;
    private int port;

    /** Knows {@code ruok}, and {@code stmk} with eight bytes of argument. */
    private static final class Words implements FourLetterWords {
        @Override
        public int argumentBytes(int word) {
            return word == word("ruok") ? 0 : word == word("stmk") ? 8 : -1;
        }

        @Override
        public void answer(int word, byte[] argument, Consumer<byte[]> answer) {
            String text = word == word("ruok") ? "imok" : "mask " + argument[7];
            Thread.ofVirtual().start(() -> answer.accept(text.getBytes(US_ASCII)));
        }

        private static int word(String text) {
            return ByteBuffer.wrap(text.getBytes(US_ASCII)).getInt();
        }
    }

    private static ClientEdgeOptions options(int loops, ClientEdgeOptions.Connections connections) {
        ClientEdgeOptions all = ClientEdgeOptions.DEFAULT;
        return new ClientEdgeOptions(
                loops,
                all.frameBytesMax(),
                connections,
                all.silence(),
                all.requests(),
                all.outbound(),
                all.sockets());
    }

    private static ClientEdgeOptions withFrames(int bytesMax) {
        return new ClientEdgeOptions(
                1,
                bytesMax,
                OPTIONS.connections(),
                OPTIONS.silence(),
                OPTIONS.requests(),
                OPTIONS.outbound(),
                OPTIONS.sockets());
    }

    private static ClientEdgeOptions with(ClientEdgeOptions.Silence silence) {
        return new ClientEdgeOptions(
                1,
                OPTIONS.frameBytesMax(),
                OPTIONS.connections(),
                silence,
                OPTIONS.requests(),
                OPTIONS.outbound(),
                OPTIONS.sockets());
    }

    private static ClientEdgeOptions with(ClientEdgeOptions.Requests requests) {
        return new ClientEdgeOptions(
                1,
                OPTIONS.frameBytesMax(),
                OPTIONS.connections(),
                OPTIONS.silence(),
                requests,
                OPTIONS.outbound(),
                OPTIONS.sockets());
    }

    private static ClientEdgeOptions with(ClientEdgeOptions.Outbound outbound) {
        return new ClientEdgeOptions(
                1,
                OPTIONS.frameBytesMax(),
                OPTIONS.connections(),
                OPTIONS.silence(),
                OPTIONS.requests(),
                outbound,
                OPTIONS.sockets());
    }

    private void start(ClientEdgeOptions options) throws IOException {
        edge =
                new ClientEdge(
                        "test-net",
                        options,
                        loop -> {
                            ScriptedHandler handler = new ScriptedHandler(loop);
                            handlers.add(handler);
                            return handler;
                        },
                        new Words(),
                        (update, millis, count) -> measured.addAndGet(count));
        port = edge.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null).port();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (edge != null) {
            edge.close();
        }
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    private Socket session() throws IOException {
        Socket socket = dial();
        socket.getOutputStream().write(HELLO);
        assertThat(readFrame(socket)).isEqualTo("hello");
        return socket;
    }

    private ScriptedHandler handler() {
        return handlers.getFirst();
    }

    private static String readFrame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return new String(in.readNBytes(in.readInt()), US_ASCII);
    }

    private static void assertClosed(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        try {
            assertThat(in.readAllBytes()).isEmpty();
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void framesArriveWholeHoweverTheBytesAreSplit(long seed) throws IOException {
        start(withFrames(100_000));
        Random random = new Random(seed);
        Socket socket = session();
        List<String> sent = new ArrayList<>();
        var bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            int length =
                    switch (random.nextInt(10)) {
                        case 0 -> 0;
                        case 1 -> random.nextInt(100_001);
                        default -> random.nextInt(50);
                    };
            char[] text = new char[length];
            Arrays.fill(text, (char) ('a' + i % 26));
            sent.add(new String(text));
            bytes.writeBytes(ScriptedHandler.frame(new String(text).getBytes(US_ASCII)));
        }
        Thread writer = Thread.ofVirtual().start(() -> writeInPieces(socket, bytes, random));
        List<String> received = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            received.add(readFrame(socket));
        }
        assertThat(received).as("seed %d", seed).isEqualTo(sent);
        assertThat(handler().frames).isEqualTo(sent);
        join(writer);
    }

    private static void writeInPieces(
            Socket socket, java.io.ByteArrayOutputStream all, Random random) {
        byte[] bytes = all.toByteArray();
        try {
            for (int at = 0; at < bytes.length; ) {
                int most = random.nextInt(4) == 0 ? 5 : 30_000;
                int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
                socket.getOutputStream().write(bytes, at, length);
                at += length;
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFrameOfExactlyTheLimitIsAcceptedAndOneByteMoreCloses() throws IOException {
        start(withFrames(1_000));
        Socket socket = session();
        socket.getOutputStream().write(ScriptedHandler.frame(new byte[1_000]));
        assertThat(readFrame(socket)).hasSize(1_000);
        socket.getOutputStream().write(ByteBuffer.allocate(4).putInt(1_001).array());
        assertClosed(socket);
    }

    @Test
    void aNegativeLengthClosesBehindWhatCameBeforeIt() throws IOException {
        start(OPTIONS);
        Socket socket = session();
        ByteBuffer bytes = ByteBuffer.allocate(100);
        bytes.put(ScriptedHandler.frame("last".getBytes(US_ASCII))).putInt(-1);
        socket.getOutputStream().write(bytes.array(), 0, bytes.position());
        assertThat(readFrame(socket)).isEqualTo("last");
        assertClosed(socket);
    }

    @Test
    void theFirstFrameMayBeTooLongAsWell() throws IOException {
        start(OPTIONS);
        Socket socket = dial();
        socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        assertClosed(socket);
        assertThat(handler().links).isEmpty();
    }

    @Test
    void whatIsSentBehindTheHandshakeIsServedAfterIt() throws IOException {
        start(OPTIONS);
        Socket socket = dial();
        ByteBuffer bytes = ByteBuffer.allocate(100);
        bytes.put(HELLO).put(ScriptedHandler.frame("behind".getBytes(US_ASCII)));
        socket.getOutputStream().write(bytes.array(), 0, bytes.position());
        assertThat(readFrame(socket)).isEqualTo("hello");
        assertThat(readFrame(socket)).isEqualTo("behind");
    }

    @Test
    void aFourLetterWordIsAnsweredAndTheConnectionClosed() throws IOException {
        start(OPTIONS);
        for (String sent : List.of("ruok", "ruok\n", "ruok\r\nmore")) {
            Socket socket = dial();
            socket.getOutputStream().write(sent.getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .as(sent)
                    .isEqualTo("imok");
        }
        assertThat(handler().links).isEmpty();
    }

    @Test
    void aWordMayComeByteByByteAndItsSenderMayCloseItsSideAtOnce() throws Exception {
        start(OPTIONS);
        Socket socket = dial();
        for (byte letter : "ruok".getBytes(US_ASCII)) {
            socket.getOutputStream().write(letter);
            socket.getOutputStream().flush();
            Thread.yield();
        }
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("imok");
        await().until(() -> edge.connections() == 0);
    }

    @Test
    void aWordWithAnArgumentWaitsForAllOfIt() throws IOException {
        start(OPTIONS);
        Socket socket = dial();
        socket.getOutputStream().write("stmk".getBytes(US_ASCII));
        socket.getOutputStream().write(new byte[] {0, 0, 0, 0, 0});
        socket.getOutputStream().write(new byte[] {0, 0, 9});
        assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                .isEqualTo("mask 9");
    }

    @Test
    void aWordBehindTheHandshakeIsAnIllegalLength() throws IOException {
        start(OPTIONS);
        Socket socket = session();
        socket.getOutputStream().write("ruok".getBytes(US_ASCII));
        assertClosed(socket);
    }

    @Test
    void aConnectionWithoutASessionIsClosedInTimeEvenIfItDripsBytes() throws Exception {
        start(with(new ClientEdgeOptions.Silence(300, 300)));
        Socket silent = dial();
        Socket dripping = dial();
        long begin = System.nanoTime();
        Thread drip =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (byte b : HELLO) {
                                    dripping.getOutputStream().write(b);
                                    Thread.sleep(100);
                                }
                            } catch (IOException | InterruptedException e) {
                                // closed, as it should be
                            }
                        });
        assertClosed(silent);
        assertClosed(dripping);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isGreaterThan(Duration.ofMillis(290));
        drip.interrupt();
        drip.join();
        assertThat(handler().closed).isEmpty();
    }

    @Test
    void aSessionThatFallsSilentIsClosedAndOneThatTalksIsNot() throws Exception {
        start(with(new ClientEdgeOptions.Silence(100, 300)));
        handlers.forEach(handler -> handler.timeoutMillis = 400);
        Socket silent = session();
        Socket talking = session();
        for (int i = 0; i < 12; i++) {
            talking.getOutputStream().write(ScriptedHandler.frame("x".getBytes(US_ASCII)));
            assertThat(readFrame(talking)).isEqualTo("x");
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertClosed(silent);
        await().until(() -> handler().closed.size() == 1);
        talking.getOutputStream().write(ScriptedHandler.frame("y".getBytes(US_ASCII)));
        assertThat(readFrame(talking)).isEqualTo("y");
    }

    @Test
    void oneConnectionTooManyOfAnAddressIsClosedAtOnce() throws IOException {
        start(options(1, new ClientEdgeOptions.Connections(2, 0)));
        Socket first = session();
        session();
        assertClosed(dial());
        first.close();
        await().until(() -> edge.connections() == 1);
        session();
        assertThat(edge.connections()).isEqualTo(2);
    }

    @Test
    void oneConnectionTooManyInAllIsClosedAtOnce() throws IOException {
        start(options(1, new ClientEdgeOptions.Connections(0, 3)));
        for (int i = 0; i < 3; i++) {
            session();
        }
        assertClosed(dial());
        assertThat(edge.connections()).isEqualTo(3);
    }

    @Test
    void aClientThatDoesNotReadItsRepliesIsReadNoFurther() throws Exception {
        int pause = 500_000;
        start(with(new ClientEdgeOptions.Outbound(pause, 64 << 20, 64 << 20)));
        Socket socket = session();
        handler().mode = ScriptedHandler.Mode.BIG;
        int requests = 1_000;
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < requests; i++) {
                                    byte[] text = ("r" + i).getBytes(US_ASCII);
                                    socket.getOutputStream().write(ScriptedHandler.frame(text));
                                }
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        await().pollDelay(Duration.ofMillis(300)).until(() -> !handler().frames.isEmpty());
        int servedUnread = handler().frames.size();
        assertThat(servedUnread).isLessThan(200);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int i = 0; i < requests; i++) {
            assertThat(in.readInt()).isEqualTo(ScriptedHandler.BIG_BYTES);
            in.skipNBytes(ScriptedHandler.BIG_BYTES);
        }
        assertThat(handler().frames).hasSize(requests);
        assertThat(handler().frames.getLast()).isEqualTo("r" + (requests - 1));
        assertThat(handler().outboundBytesSeenMax)
                .isLessThan(pause + ScriptedHandler.BIG_BYTES + 10_000);
        writer.join();
    }

    @Test
    void aClientThatIsSentEventsAndNeverReadsIsClosed() throws Exception {
        start(with(new ClientEdgeOptions.Outbound(100_000, 2_000_000, 64 << 20)));
        Socket socket = session();
        ClientLink link = handler().links.getFirst();
        byte[] event = ScriptedHandler.frame(new byte[100_000]);
        await().pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    handler().push(link, event);
                    return !handler().closed.isEmpty();
                });
        assertThat(socket.getInputStream().read()).isNotEqualTo(-1);
        assertThat(edge.connections()).isZero();
    }

    @Test
    void oneAnswerLongerThanTheLimitPasses() throws Exception {
        start(with(new ClientEdgeOptions.Outbound(100_000, 1_000_000, 64 << 20)));
        Socket socket = session();
        byte[] event = ScriptedHandler.frame(new byte[20_000_000]);
        handler().push(handler().links.getFirst(), event);
        assertThat(readFrame(socket)).hasSize(20_000_000);
    }

    @Test
    void whatTheSocketDoesNotTakeAtOnceArrivesWholeAndInOrder() throws Exception {
        start(with(new ClientEdgeOptions.Outbound(100_000, 64 << 20, 64 << 20)));
        Socket socket = session();
        int events = 200;
        for (int i = 0; i < events; i++) {
            byte[] event = new byte[120_000 + i];
            Arrays.fill(event, (byte) i);
            handler().push(handler().links.getFirst(), ScriptedHandler.frame(event));
        }
        await().until(() -> edge.sent() >= events);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        for (int i = 0; i < events; i++) {
            byte[] expected = new byte[in.readInt()];
            assertThat(expected).hasSize(120_000 + i);
            Arrays.fill(expected, (byte) i);
            assertThat(in.readNBytes(expected.length)).isEqualTo(expected);
        }
    }

    @Test
    void aConnectionWithTooMuchUnderWayIsReadNoFurtherUntilAnswersCome() throws Exception {
        start(with(new ClientEdgeOptions.Requests(10, 1_000, 1 << 20, -1, 0)));
        Socket socket = session();
        handler().mode = ScriptedHandler.Mode.KEEP;
        for (int i = 0; i < 25; i++) {
            socket.getOutputStream().write(ScriptedHandler.frame(("r" + i).getBytes(US_ASCII)));
        }
        ClientLink link = handler().links.getFirst();
        await().until(() -> handler().frames.size() == 10);
        assertThat(edge.underWay()).isEqualTo(10);
        handler().answerAll(link, 10);
        await().until(() -> handler().frames.size() == 20);
        handler().answerAll(link, 10);
        await().until(() -> handler().frames.size() == 25);
        handler().answerAll(link, 5);
        for (int i = 0; i < 25; i++) {
            assertThat(readFrame(socket)).hasSize(16);
        }
        assertThat(edge.underWay()).isZero();
        for (int i = 0; i < 25; i++) {
            assertThat(handler().frames.get(i)).isEqualTo("r" + i);
        }
    }

    @Test
    void theLimitOfAllRequestsLeavesEachConnectionOne() throws Exception {
        start(with(new ClientEdgeOptions.Requests(1_000, 5, 1 << 20, -1, 0)));
        handler().mode = ScriptedHandler.Mode.KEEP;
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(session());
        }
        Socket greedy = clients.getFirst();
        for (int i = 0; i < 20; i++) {
            greedy.getOutputStream().write(ScriptedHandler.frame("g".getBytes(US_ASCII)));
        }
        await().until(() -> edge.underWay() == 5);
        for (Socket modest : clients.subList(1, 3)) {
            modest.getOutputStream().write(ScriptedHandler.frame("m".getBytes(US_ASCII)));
        }
        await().until(() -> edge.underWay() == 7);
        assertThat(handler().frames.stream().filter("m"::equals)).hasSize(2);
        greedy.close();
        await().until(() -> edge.underWay() == 2);
    }

    @Test
    void theLimitOfAllBytesHoldsBackWhoHasRequestsUnderWay() throws Exception {
        start(with(new ClientEdgeOptions.Requests(1_000, 1_000, 10_000, -1, 0)));
        handler().mode = ScriptedHandler.Mode.KEEP;
        Socket socket = session();
        for (int i = 0; i < 6; i++) {
            socket.getOutputStream().write(ScriptedHandler.frame(new byte[5_000]));
        }
        ClientLink link = handler().links.getFirst();
        await().until(() -> handler().frames.size() == 2);
        handler().answerAll(link, 1);
        await().until(() -> handler().frames.size() == 3);
        handler().answerAll(link, 2);
        await().until(() -> handler().frames.size() == 5);
        assertThat(edge.underWay()).isEqualTo(2);
    }

    @Test
    void whatWasWrittenBeforeAClosingArrives() throws Exception {
        start(OPTIONS);
        Socket socket = session();
        byte[] event = ScriptedHandler.frame(new byte[3_000_000]);
        ClientLink link = handler().links.getFirst();
        handler().push(link, event);
        handler().close(link);
        assertThat(readFrame(socket)).hasSize(3_000_000);
        assertClosed(socket);
        await().until(() -> handler().closed.equals(List.of(link)));
    }

    @Test
    void aClosedClientThatNeverReadsIsCutAfterAWhile() throws Exception {
        start(with(new ClientEdgeOptions.Silence(10_000, 300)));
        session();
        ClientLink link = handler().links.getFirst();
        handler().push(link, new byte[20_000_000]);
        handler().close(link);
        await().until(() -> handler().closed.size() == 1);
    }

    @Test
    void countersTellWhatAConnectionHasDone() throws Exception {
        start(OPTIONS);
        Socket socket = session();
        ByteBuffer request = ByteBuffer.allocate(20).putInt(42).putInt(4).putInt(5).putInt(0);
        for (int i = 0; i < 3; i++) {
            socket.getOutputStream().write(ScriptedHandler.frame(request.array()));
            readFrame(socket);
        }
        handler().push(handler().links.getFirst(), ScriptedHandler.frame(new byte[5]));
        readFrame(socket);
        LinkStats stats = edge.stats(false).get().getFirst();
        assertThat(stats.received()).isEqualTo(4);
        assertThat(stats.sent()).isEqualTo(5);
        assertThat(stats.lastCxid()).isEqualTo(42);
        assertThat(stats.lastOperation()).isEqualTo(4);
        assertThat(stats.lastZxid()).isEqualTo((4L << 32) | 5);
        assertThat(stats.sessionId()).isEqualTo(77);
        assertThat(stats.latency().count()).isEqualTo(4);
        assertThat(stats.remote().getPort()).isEqualTo(socket.getLocalPort());
        assertThat(edge.received()).isEqualTo(4);
        assertThat(edge.sent()).isEqualTo(5);
        assertThat(edge.latency().get().count()).isEqualTo(4);
        assertThat(measured).hasValue(4);
        assertThat(edge.volume().received()).isPositive();
        assertThat(edge.volume().replied()).isPositive();
        edge.resetStats().get();
        edge.resetLinkStats().get();
        assertThat(edge.stats(false).get().getFirst().received()).isZero();
        assertThat(edge.received()).isZero();
        assertThat(edge.closeSession(77).get()).isEqualTo(1);
        assertClosed(socket);
    }

    @Test
    void aPortInUseIsToldInOneLine() throws IOException {
        start(OPTIONS);
        var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        assertThatThrownBy(() -> edge.listen(taken, null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":" + port + ": the port is in use");
    }

    @Test
    void manyConnectionsComeAndGo() throws IOException {
        start(options(2, new ClientEdgeOptions.Connections(0, 0)));
        for (int round = 0; round < 3; round++) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                open.add(session());
            }
            assertThat(edge.connections()).isEqualTo(300);
            for (Socket socket : open) {
                socket.close();
            }
            await().until(() -> edge.connections() == 0);
        }
        await().until(() ->
                handlers.stream().mapToInt(handler -> handler.closed.size()).sum() == 900);
    }

    @Test
    void aHandshakeMayHaveAKilobyteAndOneByteMoreCloses() throws Exception {
        start(OPTIONS);
        Socket socket = dial();
        socket.getOutputStream()
                .write(ScriptedHandler.frame(new byte[FrameCutter.HANDSHAKE_BYTES_MAX]));
        assertThat(readFrame(socket)).isEqualTo("hello");
        Socket tooLong = dial();
        byte[] length = ScriptedHandler.frame(new byte[FrameCutter.HANDSHAKE_BYTES_MAX + 1]);
        tooLong.getOutputStream().write(length, 0, 4);
        assertThat(tooLong.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void whoSendsMuchAtOnceIsReadInTurns() throws Exception {
        start(OPTIONS);
        Socket socket = session();
        byte[] frame = ScriptedHandler.frame(new byte[36]);
        ByteBuffer many = ByteBuffer.allocate(5_000 * frame.length);
        while (many.hasRemaining()) {
            many.put(frame);
        }
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        socket.getInputStream().skipNBytes(many.capacity());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
        socket.getOutputStream().write(many.array());
        ScriptedHandler handler = handlers.getFirst();
        await().until(() -> handler.frames.size() == 5_000);
        assertThat(handler.handedInBytesMax)
                .isLessThan(TurnBuffers.TURN_BYTES + frame.length)
                .isGreaterThan(TurnBuffers.TURN_BYTES / 2);
    }

    @Test
    void aFrameLongerThanATurnIsReadInLargerPieces() throws Exception {
        start(OPTIONS);
        Socket socket = session();
        byte[] frame = ScriptedHandler.frame(new byte[900_000]);
        socket.getOutputStream().write(frame);
        assertThat(socket.getInputStream().readNBytes(frame.length)).isEqualTo(frame);
    }

    @Test
    void whatMayBeUnderWayIsSharedOutAmongThoseWhoAskForIt() throws Exception {
        ClientEdgeOptions.Requests all = OPTIONS.requests();
        start(with(new ClientEdgeOptions.Requests(1_000, 64, all.bytesMax(), -1, 0)));
        Socket greedy = session();
        Socket other = session();
        ScriptedHandler handler = handlers.getFirst();
        handler.mode = ScriptedHandler.Mode.KEEP;
        ClientLink ofGreedy = handler.links.get(0);
        ClientLink ofOther = handler.links.get(1);
        byte[] hundred = new byte[100 * 8];
        for (int i = 0; i < 100; i++) {
            hundred[i * 8 + 3] = 4;
        }
        greedy.getOutputStream().write(hundred);
        await().until(() -> ofGreedy.underWay() == 64); // alone it may have all
        other.getOutputStream().write(hundred);
        await().until(() -> ofOther.underWay() == 1); // one is always let in
        handler.answerAll(ofGreedy, 40);
        await().until(() -> handler.frames.size() == 64 + 1 + 8);
        await().until(() -> ofGreedy.underWay() == 32);
        handler.answerAll(ofOther, 1);
        await().until(() -> ofOther.underWay() == 32);
        assertThat(edge.underWay()).isEqualTo(64);
    }

    @Test
    void whoHasManyConnectionsDoesNotKeepTheOthersWaitingForAllOfThem() throws Exception {
        start(options(1, new ClientEdgeOptions.Connections(0, 0)));
        int many = 3 * ClientLoop.ROUND_BYTES / ClientLoop.TURN_BYTES_MIN;
        Socket firstOfOther = session();
        Socket lastOfOther = session();
        List<Socket> ofMany = crowd(many);
        whileTheLoopIsHeld(() -> {
            send(firstOfOther, "first");
            for (Socket one : ofMany) {
                send(one, "many");
            }
            send(lastOfOther, "last");
        });
        for (Socket one : ofMany) {
            assertThat(readFrame(one)).isEqualTo("many");
        }
        assertThat(readFrame(lastOfOther)).isEqualTo("last");
        assertThat(handler().frames).hasSize(many + 2);
        // A round of theirs if all was there at once; two if the kernel brings some a little later.
        assertThat(handler().frames.indexOf("last"))
                .isLessThanOrEqualTo(1 + 2 * ClientLoop.ROUND_BYTES / ClientLoop.TURN_BYTES_MIN)
                .isLessThan(many);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void whoFloodsOnSeveralConnectionsHasOneTurnBetweenTwoLooksAtTheSockets(int connections)
            throws Exception {
        start(options(1, new ClientEdgeOptions.Connections(0, 0)));
        Socket other = session();
        Socket _ = session();
        List<Socket> flooding = crowd(connections);
        ClientLink ofOther = handler().links.getFirst();
        byte[] frame = ScriptedHandler.frame("flood".getBytes(US_ASCII));
        ByteBuffer flood = ByteBuffer.allocate(FLOOD_TURNS * ClientLoop.ROUND_BYTES);
        while (flood.remaining() >= frame.length) {
            flood.put(frame);
        }
        // With each turn of theirs the other asks, and is seen at the next look.
        handler().whenHandedIn =
                link -> {
                    if (link != ofOther) {
                        unchecked(() -> send(other, "other"));
                    }
                };
        whileTheLoopIsHeld(() -> {
            send(other, "other");
            for (Socket one : flooding) {
                one.getOutputStream().write(flood.array(), 0, flood.position());
            }
        });
        int all = connections * flood.position() / frame.length;
        await().until(() -> Collections.frequency(handler().frames, "flood") == all);
        int turns = 0;
        String before = "other";
        for (String each : handler().frames) {
            turns += each.equals("flood") && before.equals("other") ? 1 : 0;
            before = each;
        }
        // Whoever floods on is looked at before the other where nobody of its party waits.
        assertThat(turns).isGreaterThan(3 * connections * FLOOD_TURNS / 4);
    }

    @Test
    void whatGoesWrongWithOneWhoWaitedForItsTurnHarmsNoneBehindIt() throws Exception {
        start(options(1, new ClientEdgeOptions.Connections(0, 0)));
        Socket firstOfOther = session();
        Socket _ = session();
        List<Socket> ofMany = crowd(2 * ClientLoop.ROUND_BYTES / ClientLoop.TURN_BYTES_MIN);
        Socket unlucky = ofMany.remove(ofMany.size() - 5);
        whileTheLoopIsHeld(() -> {
            send(firstOfOther, "first");
            for (Socket one : ofMany.subList(0, ofMany.size() - 4)) {
                send(one, "many");
            }
            send(unlucky, ScriptedHandler.BUG);
            for (Socket one : ofMany.subList(ofMany.size() - 4, ofMany.size())) {
                send(one, "many");
            }
        });
        for (Socket one : ofMany) {
            assertThat(readFrame(one)).isEqualTo("many");
        }
        assertClosed(unlucky);
    }

    @Test
    void whatFindsNoRoomInAnOutboxIsKnownToBeMissing() throws Exception {
        start(OPTIONS);
        Socket socket = session();
        ClientLink link = handler().links.getFirst();
        Outbox outbox = link.loop().outbox();
        whileTheLoopIsHeld(() -> {
            for (int i = 0; i < Outbox.BATCHES_MAX; i++) {
                outbox.push(link, HELLO, 0, HELLO.length);
                outbox.publish();
            }
            assertThat(outbox.isOverfull()).isFalse();
            outbox.push(link, HELLO, 0, HELLO.length);
            outbox.publish();
            assertThat(outbox.isOverfull()).isTrue();
        });
        loop().submit(() -> outbox.drain()).get();
        assertThat(outbox.isOverfull()).isTrue();
        outbox.wake();
        assertThat(outbox.isOverfull()).isFalse();
        for (int i = 0; i <= Outbox.BATCHES_MAX; i++) {
            assertThat(readFrame(socket)).isEqualTo("hello");
        }
    }

    /** Sessions of one party; the two that were there before are another's. */
    private List<Socket> crowd(int count) throws Exception {
        List<Socket> crowd = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            crowd.add(session());
        }
        loop().submit(() -> handler().links.subList(0, 2).forEach(link -> link.belongsTo("other")))
                .get();
        return crowd;
    }

    private EventLoop loop() {
        return handler().links.getFirst().channel().eventLoop();
    }

    private static void send(Socket socket, String frame) throws IOException {
        socket.getOutputStream().write(ScriptedHandler.frame(frame.getBytes(US_ASCII)));
    }

    private interface Writes {
        void go() throws IOException;
    }

    /** All is written before the loop looks. */
    private void whileTheLoopIsHeld(Writes writes) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        loop().execute(() -> {
            held.countDown();
            uninterruptibly(written);
        });
        held.await();
        try {
            writes.go();
        } finally {
            written.countDown();
        }
    }

    private static void unchecked(Writes writes) {
        try {
            writes.go();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
