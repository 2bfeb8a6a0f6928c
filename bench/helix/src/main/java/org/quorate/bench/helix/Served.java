package org.quorate.bench.helix;

import org.apache.jute.Record;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.ByteBufferInputStream;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.TxnLog;
import org.apache.zookeeper.txn.CreateTTLTxn;
import org.apache.zookeeper.txn.CreateTxn;
import org.apache.zookeeper.txn.DeleteTxn;
import org.apache.zookeeper.txn.MultiTxn;
import org.apache.zookeeper.txn.SetDataTxn;
import org.apache.zookeeper.txn.Txn;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A ZooKeeper server in this process, and what its transaction log says was written. */
final class Served implements AutoCloseable {
    private static final int TICK_MILLIS = 1_000;
    private static final int CLIENTS_MAX = 500;

    private final Path data;
    private final ZooKeeperServer server;
    private final ServerCnxnFactory connections;

    /**
     * A sum of what was written.
     *
     * @param transactions that wrote something
     * @param bytes of data in them
     */
    record Written(int transactions, long bytes) {}

    Served() throws IOException, InterruptedException {
        data = Files.createTempDirectory("fail-over-beside");
        server = new ZooKeeperServer(data.toFile(), data.toFile(), TICK_MILLIS);
        server.setMaxSessionTimeout(60_000);
        connections =
                ServerCnxnFactory.createFactory(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CLIENTS_MAX);
        connections.startup(server);
    }

    String connectString() {
        return "127.0.0.1:" + connections.getLocalPort();
    }

    long zxid() {
        return server.getZKDatabase().getDataTreeLastProcessedZxid();
    }

    /** A plain client, to look on. */
    ZooKeeper client() throws IOException {
        return new ZooKeeper(connectString(), 30_000, event -> {});
    }

    /** What was written below {@code root} from behind {@code zxid} on. */
    Written since(String root, long zxid) throws IOException {
        int transactions = 0;
        long bytes = 0;
        FileTxnLog log = new FileTxnLog(new File(data.toFile(), "version-2"));
        try (TxnLog.TxnIterator at = log.read(zxid + 1)) {
            do {
                if (at.getHeader() == null || at.getHeader().getZxid() <= zxid) {
                    continue;
                }
                long here = bytes(root, at.getTxn());
                transactions += here < 0 ? 0 : 1;
                bytes += Math.max(0, here);
            } while (at.next());
        }
        return new Written(transactions, bytes);
    }

    /** Bytes of data below {@code root}; −1 if the transaction writes nothing there. */
    private static long bytes(String root, Record transaction) throws IOException {
        if (transaction instanceof MultiTxn multi) {
            long sum = -1;
            for (Txn one : multi.getTxns()) {
                long here = bytes(root, read(one));
                sum = here < 0 ? sum : Math.max(0, sum) + here;
            }
            return sum;
        }
        if (transaction instanceof CreateTxn create) {
            return bytes(root, create.getPath(), create.getData());
        }
        if (transaction instanceof SetDataTxn set) {
            return bytes(root, set.getPath(), set.getData());
        }
        return transaction instanceof DeleteTxn delete ? bytes(root, delete.getPath(), null) : -1;
    }

    private static long bytes(String root, String path, byte[] data) {
        return !path.startsWith(root + "/") ? -1 : data == null ? 0 : data.length;
    }

    private static Record read(Txn one) throws IOException {
        Record record =
                switch (one.getType()) {
                    case OpCode.create, OpCode.create2, OpCode.createContainer -> new CreateTxn();
                    case OpCode.createTTL -> new CreateTTLTxn();
                    case OpCode.delete -> new DeleteTxn();
                    case OpCode.setData -> new SetDataTxn();
                    default -> null; // A check, or an error: nothing is written.
                };
        if (record != null) {
            ByteBufferInputStream.byteBuffer2Record(ByteBuffer.wrap(one.getData()), record);
        }
        return record;
    }

    @Override
    public void close() throws IOException {
        connections.shutdown();
        server.shutdown();
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
