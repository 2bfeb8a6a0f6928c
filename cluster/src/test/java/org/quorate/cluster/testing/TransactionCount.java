package org.quorate.cluster.testing;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.server.ByteBufferInputStream;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.TxnLog;
import org.apache.zookeeper.txn.CreateTTLTxn;
import org.apache.zookeeper.txn.CreateTxn;
import org.apache.zookeeper.txn.DeleteTxn;
import org.apache.zookeeper.txn.MultiTxn;
import org.apache.zookeeper.txn.SetDataTxn;
import org.apache.zookeeper.txn.Txn;

/** Counts what {@link Service}'s server has written below a path, from its transaction log. */
public final class TransactionCount {
    /**
     * A sum.
     *
     * @param transactions that wrote something below the path
     * @param dataBytes that they wrote
     * @param byPlace transactions by the path's element below the root
     */
    public record Total(int transactions, long dataBytes, Map<String, Integer> byPlace) {}

    private record Write(String path, int bytes) {}

    private TransactionCount() {}

    /** The last transaction that wrote below {@code root}; 0 if none did. */
    public static long lastZxid(String root) throws Exception {
        long last = 0;
        try (TxnLog.TxnIterator log = open()) {
            do {
                if (log.getHeader() != null && !below(root, log).isEmpty()) {
                    last = log.getHeader().getZxid();
                }
            } while (log.next());
        }
        return last;
    }

    /** What was written below {@code root} after {@code zxid}. */
    public static Total since(String root, long zxid) throws Exception {
        int transactions = 0;
        long bytes = 0;
        Map<String, Integer> places = new TreeMap<>();
        try (TxnLog.TxnIterator log = open()) {
            do {
                if (log.getHeader() == null || log.getHeader().getZxid() <= zxid) {
                    continue;
                }
                List<Write> writes = below(root, log);
                if (!writes.isEmpty()) {
                    transactions++;
                    String rest = writes.get(writes.size() - 1).path().substring(root.length() + 1);
                    places.merge(rest.split("/")[0], 1, Integer::sum);
                    bytes += writes.stream().mapToInt(Write::bytes).sum();
                }
            } while (log.next());
        }
        return new Total(transactions, bytes, places);
    }

    private static TxnLog.TxnIterator open() throws Exception {
        return new FileTxnLog(new File(Service.dataDirectory(), "version-2")).read(0);
    }

    private static List<Write> below(String root, TxnLog.TxnIterator log) throws Exception {
        List<Write> writes = new ArrayList<>();
        Object txn = log.getTxn();
        if (txn instanceof MultiTxn multi) {
            for (Txn one : multi.getTxns()) {
                add(root, read(one), writes);
            }
        } else if (txn != null) {
            add(root, txn, writes);
        }
        return writes;
    }

    private static Object read(Txn one) throws Exception {
        org.apache.jute.Record record;
        switch (one.getType()) {
            case ZooDefs.OpCode.create, ZooDefs.OpCode.create2, ZooDefs.OpCode.createContainer ->
                    record = new CreateTxn();
            case ZooDefs.OpCode.createTTL -> record = new CreateTTLTxn();
            case ZooDefs.OpCode.delete -> record = new DeleteTxn();
            case ZooDefs.OpCode.setData -> record = new SetDataTxn();
            default -> {
                return new ByteArrayOutputStream(); // A check, or an error: nothing is written.
            }
        }
        ByteBufferInputStream.byteBuffer2Record(java.nio.ByteBuffer.wrap(one.getData()), record);
        return record;
    }

    private static void add(String root, Object txn, List<Write> writes) {
        String path = "";
        int bytes = 0;
        if (txn instanceof CreateTxn create) {
            path = create.getPath();
            bytes = create.getData() == null ? 0 : create.getData().length;
        } else if (txn instanceof SetDataTxn set) {
            path = set.getPath();
            bytes = set.getData() == null ? 0 : set.getData().length;
        } else if (txn instanceof DeleteTxn delete) {
            path = delete.getPath();
        }
        if (path.startsWith(root + "/")) {
            writes.add(new Write(path, bytes));
        }
    }
}
