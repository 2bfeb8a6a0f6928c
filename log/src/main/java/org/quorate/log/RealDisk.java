package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The machine's file system. */
final class RealDisk implements Disk {
    /** ZooKeeper looks at no file of this name. It stays when the lock is given back. */
    static final String LOCK_FILE = "quorate.lock";

    /** With less left than this, a failed write is taken for a full disk. */
    private static final long FULL_BYTES = 1 << 20;

    /**
     * Directories locked by this process. The operating system's locks belong to the process: a
     * second one by the same process would succeed, and closing it would give back the first.
     */
    private final Set<Path> locked = ConcurrentHashMap.newKeySet();

    @Override
    public File open(Path path, Mode mode) throws IOException {
        return switch (mode) {
            case READ -> new RealFile(path, FileChannel.open(path, StandardOpenOption.READ));
            case WRITE -> create(path);
        };
    }

    private static File create(Path path) throws IOException {
        try {
            return new RealFile(
                    path,
                    FileChannel.open(
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE));
        } catch (IOException e) {
            throw explained(e, path);
        }
    }

    @Override
    public List<String> list(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public void createDirectories(Path dir) throws IOException {
        Files.createDirectories(dir);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void syncDirectory(Path dir) throws IOException {
        try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long freeBytes(Path dir) throws IOException {
        return Files.getFileStore(dir).getUsableSpace();
    }

    @Override
    public boolean parallel() {
        return true;
    }

    @Override
    public void pause(long nanos) {
        LockSupport.parkNanos(nanos);
    }

    @Override
    public @Nullable AutoCloseable lock(Path dir) throws IOException {
        Path real = dir.toRealPath();
        if (!locked.add(real)) {
            return null;
        }
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            real.resolve(LOCK_FILE),
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE);
            if (channel.tryLock() != null) {
                return unlock(real, channel);
            }
        } catch (OverlappingFileLockException e) {
            // Another class loader's copy of this class has it: the same answer.
            giveUp(real, channel);
            return null;
        } catch (IOException e) {
            giveUp(real, channel);
            throw e;
        }
        giveUp(real, channel);
        return null;
    }

    private void giveUp(Path real, @Nullable FileChannel channel) throws IOException {
        locked.remove(real);
        if (channel != null) {
            channel.close();
        }
    }

    private AutoCloseable unlock(Path real, FileChannel channel) {
        return () -> {
            channel.close();
            locked.remove(real);
        };
    }

    /** Java passes on only the operating system's words, and those not always in English. */
    private static IOException explained(IOException e, Path path) {
        String words = String.valueOf(e.getMessage());
        boolean full =
                says(words, SystemWords.of(SystemWords.NO_SPACE))
                        || says(words, SystemWords.of(SystemWords.OVER_QUOTA))
                        || says(words, "No space left on device")
                        || isFull(path);
        return full ? new DiskFullException("no room left for " + path, e) : e;
    }

    private static boolean says(String words, String part) {
        return !part.isEmpty() && words.contains(part);
    }

    private static boolean isFull(Path path) {
        try {
            Path dir = path.toAbsolutePath().getParent();
            return dir != null && Files.getFileStore(dir).getUsableSpace() < FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    private static final class RealFile implements File {
        private static final int PAGE_BYTES = 4096;

        private final Path path;
        private final FileChannel channel;

        /** Guards the channel's own position, which only gathering writes use. */
        private final Object position = new Object();

        RealFile(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            return channel.read(into, at);
        }

        @Override
        public void write(ByteBuffer[] from, int count, long at) throws IOException {
            try {
                if (count == 1) {
                    writeAll(from[0], at);
                } else {
                    gather(from, count, at);
                }
            } catch (IOException e) {
                throw explained(e, path);
            }
        }

        /**
         * Page by page: the page cache keeps what one write brought as one piece, and counts all of
         * the piece as written again when a few of its bytes are overwritten.
         */
        @Override
        public void writeZeros(long at, int length) throws IOException {
            ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
            try {
                for (int done = 0; done < length; done += page.limit()) {
                    int toPageEnd = PAGE_BYTES - (int) ((at + done) % PAGE_BYTES);
                    writeAll(page.clear().limit(Math.min(toPageEnd, length - done)), at + done);
                }
            } catch (IOException e) {
                throw explained(e, path);
            }
        }

        private void writeAll(ByteBuffer from, long at) throws IOException {
            long to = at;
            while (from.hasRemaining()) {
                to += channel.write(from, to);
            }
        }

        private void gather(ByteBuffer[] from, int count, long at) throws IOException {
            synchronized (position) {
                channel.position(at);
                int first = 0;
                while (first < count) {
                    channel.write(from, first, count - first);
                    while (first < count && !from[first].hasRemaining()) {
                        first++;
                    }
                }
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
