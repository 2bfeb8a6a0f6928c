package org.quorate.node.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.quorate.log.Disk;
import org.quorate.log.DiskFullException;

/** The machine's disk, except that syncs of log files can be held, broken, or find no room. */
final class SteeredDisk implements Disk {
    final AtomicInteger logSyncs = new AtomicInteger();
    final AtomicInteger refusals = new AtomicInteger();
    volatile boolean broken;
    volatile boolean full;
    private boolean held;

    /** From now on no sync of a log file comes to its end. */
    synchronized void hold() {
        held = true;
    }

    /** Lets all syncs go on, those that are held and those to come. */
    synchronized void release() {
        held = false;
        notifyAll();
    }

    private synchronized void awaitRelease() {
        boolean interrupted = false;
        while (held) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public File open(Path path, Mode mode) throws IOException {
        File file = REAL.open(path, mode);
        boolean log = path.getFileName().toString().startsWith("log.");
        return log ? new LogFile(file) : file;
    }

    private final class LogFile implements File {
        private final File file;

        LogFile(File file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            return file.read(into, at);
        }

        @Override
        public void write(ByteBuffer[] from, int count, long at) throws IOException {
            if (full) {
                refusals.incrementAndGet();
                throw new DiskFullException("no room, says the test");
            }
            file.write(from, count, at);
        }

        @Override
        public void sync() throws IOException {
            awaitRelease();
            if (broken) {
                throw new IOException("broken, says the test");
            }
            logSyncs.incrementAndGet();
            file.sync();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public List<String> list(Path dir) throws IOException {
        return REAL.list(dir);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return REAL.exists(path);
    }

    @Override
    public void createDirectories(Path dir) throws IOException {
        REAL.createDirectories(dir);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        REAL.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        REAL.delete(path);
    }

    @Override
    public void syncDirectory(Path dir) throws IOException {
        REAL.syncDirectory(dir);
    }

    @Override
    public long freeBytes(Path dir) throws IOException {
        return REAL.freeBytes(dir);
    }

    @Override
    public AutoCloseable lock(Path dir) throws IOException {
        return REAL.lock(dir);
    }
}
