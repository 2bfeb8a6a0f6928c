package org.quorate.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.quorate.protocol.OpCode;

/**
 * Opens and closes sessions, each on a connection of its own, so many at a time. Owned by one
 * thread.
 */
final class SessionChurn implements AutoCloseable {
    private static final int SESSION_MILLIS = 40_000;
    private static final int ANSWER_BYTES = 41;
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
    private static final byte[] HELLO =
            ByteBuffer.allocate(49)
                    .putInt(45)
                    .putInt(0)
                    .putLong(0)
                    .putInt(SESSION_MILLIS)
                    .putLong(0)
                    .putInt(16)
                    .array();
    private static final byte[] BYE =
            ByteBuffer.allocate(12).putInt(8).putInt(1).putInt(OpCode.CLOSE_SESSION).array();

    private final List<Integer> ports;
    private final int atOnce;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(1024);
    private final Histogram latency = new Histogram(LATENCY_NANOS_MAX, 3);
    private int opened;
    private int closed;

    SessionChurn(List<Integer> ports, int atOnce) throws IOException {
        this.ports = ports;
        this.atOnce = atOnce;
    }

    /** Opens sessions until the time has gone, and waits for the last to be closed. */
    Loader.Result run(long nanosMax) throws IOException {
        long start = System.nanoTime();
        while (opened < atOnce) {
            new Session();
        }
        while (closed < opened) {
            selector.select(1_000);
            for (SelectionKey key : selector.selectedKeys()) {
                if (((Session) key.attachment()).ready(key)
                        && System.nanoTime() - start < nanosMax) {
                    new Session();
                }
            }
            selector.selectedKeys().clear();
        }
        return new Loader.Result(closed, 0, System.nanoTime() - start, latency);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private final class Session {
        private final SocketChannel channel = SocketChannel.open();
        private final long startNanos = System.nanoTime();
        private int answered;

        Session() throws IOException {
            int port = ports.get(opened++ % ports.size());
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                write(HELLO);
                channel.register(selector, SelectionKey.OP_READ, this);
            } else {
                channel.register(selector, SelectionKey.OP_CONNECT, this);
            }
        }

        /** True if this session has ended. */
        boolean ready(SelectionKey key) throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                write(HELLO);
                key.interestOps(SelectionKey.OP_READ);
                return false;
            }
            in.clear();
            int bytes = channel.read(in);
            if (bytes < 0) {
                if (answered < ANSWER_BYTES) {
                    throw new IOException("closed instead of opening a session");
                }
                channel.close();
                closed++;
                latency.recordValue(Math.min(LATENCY_NANOS_MAX, System.nanoTime() - startNanos));
                return true;
            }
            if (answered < ANSWER_BYTES && answered + bytes >= ANSWER_BYTES) {
                write(BYE);
            }
            answered += bytes;
            return false;
        }

        private void write(byte[] bytes) throws IOException {
            if (channel.write(ByteBuffer.wrap(bytes)) < bytes.length) {
                throw new IOException("a fresh connection takes no " + bytes.length + " bytes");
            }
        }
    }
}
