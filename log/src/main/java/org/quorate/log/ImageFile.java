package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.ImageSource;

/**
 * A file with the memory of the state that a snapshot holds ({@link ImageSource}), beside that
 * snapshot: Quorate loads it in place of the snapshot, in a tenth of the time. It can be removed at
 * any time, and counts only as long as its snapshot is there as it was. ZooKeeper does not look at
 * it. Numbers are big-endian.
 *
 * <pre>
 *   0   8 B  "QRTIMAGE"
 *   8   4 B  format, 1
 *  12   4 B  bytes of the head
 *  16   8 B  bytes of the snapshot's file
 *  24  80 B  the last bytes of the snapshot's file: its seals
 * 104  28 B  the snapshot's last zxid, and zxid, version and digest of its digest block
 * 132   4 B  number of pieces
 * 136        head, then zeros up to a multiple of 4096, then the pieces
 *            at the end: CRC-32C of each piece, 4 B, and 4 B of everything that is no piece
 * </pre>
 *
 * <p>Stateless; a file is written by one thread, and read by several if the disk allows.
 */
final class ImageFile {
    private static final byte[] MAGIC = {'Q', 'R', 'T', 'I', 'M', 'A', 'G', 'E'};
    private static final int FORMAT = 1;
    private static final int SNAPSHOT_END_BYTES = 80;
    private static final int FIXED_BYTES = 136;
    private static final int ALIGNMENT_BYTES = 4096;
    private static final int CRC_BYTES = Integer.BYTES;

    /** A head of ten million znodes has half a megabyte; sessions and lists come on top. */
    private static final int HEAD_BYTES_MAX = 1 << 30;

    /** Of a terabyte in pieces of a mebibyte. */
    private static final int CRC_BYTES_MAX = 4 << 20;

    private static final int THREADS_MAX = 4;

    private ImageFile() {}

    /** What binds an image to its snapshot. */
    private record Seal(long snapshotBytes, Slice snapshotEnd) {
        static Seal of(Disk disk, Path snapshot) throws IOException {
            byte[] end = new byte[SNAPSHOT_END_BYTES];
            try (Disk.File file = disk.open(snapshot, Disk.Mode.READ)) {
                long size = file.size();
                Bytes.read(file, end, 0, end.length, Math.max(0, size - end.length));
                return new Seal(size, Slice.of(end));
            }
        }

        boolean isOf(Seal other) {
            return snapshotBytes == other.snapshotBytes && snapshotEnd.sameBytes(other.snapshotEnd);
        }
    }

    // ---- writing

    /**
     * Writes everything to {@code path} and makes it last, but for the directory.
     *
     * @param snapshot its file
     * @param ending what stands at the end of it
     * @param bytesPerSecond upper bound of the rate; 0 for none
     */
    static void write(
            Disk disk,
            ImageSource image,
            Path snapshot,
            SnapshotEnding ending,
            Path path,
            long bytesPerSecond)
            throws IOException {
        JuteOut out = new JuteOut(FIXED_BYTES, Integer.MAX_VALUE);
        writeFixed(out, image, Seal.of(disk, snapshot), ending);
        try (Disk.File file = disk.open(path, Disk.Mode.WRITE)) {
            file.truncate(0);
            PacedFile paced = new PacedFile(disk, file, bytesPerSecond);
            paced.write(ByteBuffer.wrap(out.array(), 0, out.size()));
            paced.skipTo(aligned(out.size()));
            JuteOut crcs = new JuteOut();
            CRC32C crc = new CRC32C();
            for (int i = 0; i < image.runCount(); i++) {
                ByteBuffer[] run = image.run(i);
                crc.reset();
                for (ByteBuffer page : run) {
                    crc.update(page.duplicate());
                }
                crcs.writeInt((int) crc.getValue());
                paced.write(run);
            }
            crcs.writeInt(crcOf(out.array(), out.size(), crcs.array(), crcs.size()));
            paced.write(ByteBuffer.wrap(crcs.array(), 0, crcs.size()));
            paced.sync();
        }
    }

    private static void writeFixed(
            JuteOut out, ImageSource image, Seal seal, SnapshotEnding ending) {
        Slice head = image.head();
        out.writeRaw(MAGIC, 0, MAGIC.length).writeInt(FORMAT).writeInt(head.length());
        out.writeLong(seal.snapshotBytes).writeRaw(seal.snapshotEnd);
        out.writeLong(ending.lastZxid()).writeLong(ending.digestZxid());
        out.writeInt(ending.digestVersion()).writeLong(ending.digest());
        out.writeInt(image.runCount());
        out.writeRaw(head);
    }

    // ---- reading

    /** What an image's snapshot says at its end, or why the image is not to be used. */
    record Outcome(@Nullable SnapshotEnding ending, String problem) {
        private static Outcome problem(String why) {
            return new Outcome(null, why);
        }
    }

    /**
     * Loads an image.
     *
     * @param sink makes the place it goes to, of its head; null if it has no use for it
     */
    static Outcome read(Disk disk, Path path, Path snapshot, Store.ImageSinkFactory sink)
            throws IOException {
        try (Disk.File file = disk.open(path, Disk.Mode.READ)) {
            return read(disk, file, Seal.of(disk, snapshot), sink);
        } catch (JuteException e) {
            return Outcome.problem(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome read(
            Disk disk, Disk.File file, Seal snapshot, Store.ImageSinkFactory sinks)
            throws IOException {
        long size = file.size();
        byte[] front = new byte[FIXED_BYTES];
        if (Bytes.read(file, front, 0, front.length, 0) < front.length
                || !Arrays.equals(front, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return Outcome.problem("it does not begin as an image does");
        }
        JuteIn in = new JuteIn().wrap(front);
        in.skip(MAGIC.length);
        int format = in.readInt();
        int headBytes = in.readInt();
        if (format != FORMAT) {
            return Outcome.problem("it is of format %d, not %d".formatted(format, FORMAT));
        }
        if (headBytes < 0 || headBytes > Math.min(size, HEAD_BYTES_MAX)) {
            return Outcome.problem("its head of %d bytes is too long".formatted(headBytes));
        }
        Seal seal = readSeal(in);
        long lastZxid = in.readLong();
        SnapshotEnding ending =
                new SnapshotEnding(in.readLong(), in.readInt(), in.readLong(), lastZxid);
        int runs = in.readInt();
        long crcBytes = (runs + 1L) * CRC_BYTES;
        if (runs < 0 || crcBytes > Math.min(size, CRC_BYTES_MAX)) {
            return Outcome.problem("it cannot have %d pieces".formatted(runs));
        }
        byte[] fixed = Arrays.copyOf(front, FIXED_BYTES + headBytes);
        byte[] crcs = new byte[(int) crcBytes];
        boolean whole =
                Bytes.read(file, fixed, FIXED_BYTES, headBytes, FIXED_BYTES) == headBytes
                        && Bytes.read(file, crcs, 0, crcs.length, size - crcs.length) == crcs.length
                        && crcOf(fixed, fixed.length, crcs, crcs.length - CRC_BYTES)
                                == Bytes.int32(crcs, crcs.length - CRC_BYTES);
        if (!whole) {
            return Outcome.problem("its checksum is wrong, or it ends early");
        }
        if (!seal.isOf(snapshot)) {
            return Outcome.problem("it belongs to another snapshot of that name");
        }
        ImageSink sink = sinks.sink(new Slice().set(fixed, FIXED_BYTES, headBytes));
        if (sink == null) {
            return Outcome.problem("it is of another version, or made with other settings");
        }
        Reading reading = new Reading(file, sink, crcs, aligned(fixed.length));
        if (sink.runCount() != runs || reading.end() != size - crcs.length) {
            return Outcome.problem("its pieces are not those that its head tells of");
        }
        String problem = reading.run(disk.parallel());
        if (!problem.isEmpty()) {
            return Outcome.problem(problem);
        }
        sink.end();
        return new Outcome(ending, "");
    }

    private static Seal readSeal(JuteIn in) {
        long snapshotBytes = in.readLong();
        int at = in.position();
        in.skip(SNAPSHOT_END_BYTES);
        return new Seal(snapshotBytes, new Slice().set(in.array(), at, SNAPSHOT_END_BYTES));
    }

    /** Fills the pieces, on as many threads as there are processors. */
    private static final class Reading {
        private final Disk.File file;
        private final ImageSink sink;
        private final byte[] crcs;

        /** Where each piece begins, and the last ends. */
        private final long[] offsets;

        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<String> problem = new AtomicReference<>("");
        private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

        Reading(Disk.File file, ImageSink sink, byte[] crcs, long from) {
            this.file = file;
            this.sink = sink;
            this.crcs = crcs;
            this.offsets = new long[sink.runCount() + 1];
            offsets[0] = from;
            for (int i = 0; i < sink.runCount(); i++) {
                offsets[i + 1] = offsets[i] + sink.runBytes(i);
            }
        }

        long end() {
            return offsets[offsets.length - 1];
        }

        /** Returns what is wrong with the content; empty if nothing is */
        String run(boolean parallel) throws IOException {
            int threads =
                    parallel
                            ? Math.clamp(Runtime.getRuntime().availableProcessors(), 1, THREADS_MAX)
                            : 1;
            List<Thread> others = new ArrayList<>();
            for (int i = 1; i < threads; i++) {
                others.add(
                        Thread.ofPlatform()
                                .daemon()
                                .name("quorate-read-image-" + i)
                                .start(this::fillAll));
            }
            fillAll();
            others.forEach(Reading::join);
            IOException failed = failure.get();
            if (failed != null) {
                throw failed;
            }
            return String.valueOf(problem.get());
        }

        /** Nobody interrupts these threads on purpose; if it happens it is put off, not lost. */
        private static void join(Thread other) {
            boolean interrupted = false;
            while (other.isAlive()) {
                try {
                    other.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void fillAll() {
            int count = offsets.length - 1;
            CRC32C crc = new CRC32C();
            try {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    fill(i, crc);
                }
            } catch (IOException e) {
                failure.compareAndSet(null, e);
                next.set(count);
            }
        }

        private void fill(int index, CRC32C crc) throws IOException {
            ByteBuffer run = sink.run(index);
            int from = run.position();
            while (run.hasRemaining()
                    && file.read(run, offsets[index] + run.position() - from) >= 0) {}
            crc.reset();
            crc.update(run.flip());
            if ((int) crc.getValue() != Bytes.int32(crcs, index * CRC_BYTES)) {
                problem.set("piece %d of it is damaged".formatted(index));
                next.set(offsets.length - 1);
            }
        }
    }

    private static int crcOf(byte[] first, int firstBytes, byte[] second, int secondBytes) {
        CRC32C crc = new CRC32C();
        crc.update(first, 0, firstBytes);
        crc.update(second, 0, secondBytes);
        return (int) crc.getValue();
    }

    private static long aligned(long bytes) {
        return bytes + ALIGNMENT_BYTES - 1 & -ALIGNMENT_BYTES;
    }
}
