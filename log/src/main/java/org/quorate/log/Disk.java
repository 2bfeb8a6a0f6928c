package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file system as the store uses it, so that a simulation can stand in for it: with torn and
 * lost writes, flipped bits, full disks. {@link #REAL} is the machine's.
 */
public interface Disk {
    // Justification: nobody else can reach RealDisk, so it is never initialised before Disk.
    @SuppressWarnings("ClassInitializationDeadlock")
    Disk REAL = new RealDisk();

    /** How a file is opened. */
    enum Mode {
        READ,
        /** Made if missing, not cut. */
        WRITE
    }

    /** An open file; positions are given, so it has none of its own. */
    interface File extends AutoCloseable {
        /** Reads up to the buffer's remaining bytes; −1 at the end. */
        int read(ByteBuffer into, long at) throws IOException;

        /**
         * Writes all of the buffers, one behind the other.
         *
         * @throws DiskFullException if there was no room; a part may have been written
         */
        void write(ByteBuffer[] from, int count, long at) throws IOException;

        /**
         * Writes zeros, really: so that blocks are there.
         *
         * @throws DiskFullException if there was no room; a part may have been written
         */
        default void writeZeros(long at, int length) throws IOException {
            write(new ByteBuffer[] {ByteBuffer.allocate(length)}, 1, at);
        }

        /** Data, and metadata as far as reading needs it ({@code fdatasync}). */
        void sync() throws IOException;

        long size() throws IOException;

        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }

    File open(Path path, Mode mode) throws IOException;

    /** Names in a directory, sorted; empty if there is no such directory. */
    List<String> list(Path dir) throws IOException;

    boolean exists(Path path) throws IOException;

    void createDirectories(Path dir) throws IOException;

    void rename(Path from, Path to) throws IOException;

    void delete(Path path) throws IOException;

    /** Makes creations, renames and deletions in the directory last. */
    void syncDirectory(Path dir) throws IOException;

    long freeBytes(Path dir) throws IOException;

    /**
     * Whether a reader thread of the store may read ahead while the caller's thread works on what
     * was read. A simulation says no: then everything happens on the caller's thread, in one order.
     */
    default boolean parallel() {
        return false;
    }

    /** Waits, so that a long write leaves the disk to others. A simulation need not. */
    default void pause(long nanos) {}

    /**
     * Takes the directory for this process.
     *
     * @return gives it back when closed; null if another server has it
     */
    @Nullable AutoCloseable lock(Path dir) throws IOException;
}
