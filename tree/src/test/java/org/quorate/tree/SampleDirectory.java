package org.quorate.tree;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.txn.TxnRecord;

/**
 * A data directory that ZooKeeper wrote, loaded the simplest way that works for undamaged files:
 * the newest snapshot that is whole, and the logs from there on (disk formats §2, §5, §7).
 */
final class SampleDirectory {
    private static final int HEADER_BYTES = 16;
    private static final int TAR_BLOCK_BYTES = 512;

    private final Map<String, byte[]> files;
    private final DataTree tree;

    /** Zxid up to which a snapshot may be ahead of its name. */
    private long fuzzyTo;

    private int checkedDigests;

    private SampleDirectory(Map<String, byte[]> files, DataTree tree) {
        this.files = files;
        this.tree = tree;
    }

    /**
     * Loads a sample into a tree, and compares the digest after each transaction that carries one.
     *
     * @return how many were compared
     */
    static int load(String name, DataTree tree) {
        SampleDirectory directory = new SampleDirectory(untar(gunzip(name + ".tar.gz")), tree);
        directory.loadSnapshot();
        directory.replay();
        return directory.checkedDigests;
    }

    /** The lines of the expectation. */
    static List<String> expected(String name) {
        String text = new String(gunzip(name + ".expected.tsv.gz"), StandardCharsets.UTF_8);
        return text.lines().toList();
    }

    private void loadSnapshot() {
        for (var file : named("snapshot.").descendingMap().entrySet()) {
            byte[] bytes = file.getValue();
            SnapshotDecoder decoder = new SnapshotDecoder(tree.install(file.getKey()));
            try {
                int end = HEADER_BYTES + decoder.decode(bytes, HEADER_BYTES, bytes.length);
                if (decoder.done()) {
                    // Behind the end mark: checksum and mark, 13 bytes, then perhaps the digest's
                    // zxid.
                    boolean hasDigest = bytes.length >= end + 13 + 20;
                    fuzzyTo = hasDigest ? ByteBuffer.wrap(bytes).getLong(end + 13) : 0;
                    return;
                }
            } catch (JuteException e) {
                fuzzyTo = 0; // damaged: an older one is whole
            }
        }
    }

    private void replay() {
        TreeMap<Long, byte[]> logs = named("log.");
        long next = tree.lastZxid() + 1;
        Long first = logs.floorKey(next);
        for (byte[] log : logs.tailMap(first == null ? 0 : first).values()) {
            replay(log, next);
        }
    }

    private void replay(byte[] log, long from) {
        ByteBuffer records = ByteBuffer.wrap(log).position(HEADER_BYTES);
        TxnRecord record = new TxnRecord();
        while (records.remaining() > 12) {
            records.getLong();
            int length = records.getInt();
            if (length == 0 || records.remaining() <= length) {
                return;
            }
            int at = records.position();
            record.read(new JuteIn().wrap(log, at, at + length));
            if (record.header.zxid >= from) {
                tree.apply(record, null);
                compareDigest(record);
            }
            records.position(at + length + 1);
        }
    }

    private void compareDigest(TxnRecord record) {
        if (!record.hasDigest() || record.header.zxid < fuzzyTo) {
            return;
        }
        checkedDigests++;
        if (record.digest.treeDigest != tree.digest()) {
            throw new AssertionError(
                    "digest %d after zxid %x of type %d, in the log %d"
                            .formatted(
                                    tree.digest(),
                                    record.header.zxid,
                                    record.header.type,
                                    record.digest.treeDigest));
        }
    }

    private TreeMap<Long, byte[]> named(String prefix) {
        TreeMap<Long, byte[]> found = new TreeMap<>();
        files.forEach((name, bytes) -> {
            String file = name.substring(name.lastIndexOf('/') + 1);
            if (file.startsWith(prefix)) {
                String zxid = file.substring(prefix.length()).replace(".gz", "");
                boolean zipped = file.endsWith(".gz");
                found.put(Long.parseLong(zxid, 16), zipped ? gunzip(bytes) : bytes);
            }
        });
        return found;
    }

    private static Map<String, byte[]> untar(byte[] tar) {
        Map<String, byte[]> files = new HashMap<>();
        int at = 0;
        while (at + TAR_BLOCK_BYTES <= tar.length && tar[at] != 0) {
            String name = new String(tar, at, 100, StandardCharsets.UTF_8).split("\0", 2)[0];
            String size = new String(tar, at + 124, 11, StandardCharsets.US_ASCII).strip();
            int length = Integer.parseInt(size, 8);
            at += TAR_BLOCK_BYTES;
            files.put(name, Arrays.copyOfRange(tar, at, at + length));
            at += (length + TAR_BLOCK_BYTES - 1) / TAR_BLOCK_BYTES * TAR_BLOCK_BYTES;
        }
        return files;
    }

    private static byte[] gunzip(String resource) {
        try (InputStream in = SampleDirectory.class.getResourceAsStream("/samples/" + resource)) {
            return gunzip(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] gunzip(byte[] zipped) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
