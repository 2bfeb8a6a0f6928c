package org.quorate.cli.fuzz;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.quorate.log.Disk;

/** Files in memory. */
final class MemoryDisk implements Disk {
    private final TreeMap<Path, byte[]> files = new TreeMap<>();

    MemoryDisk with(Path path, byte[] content) {
        files.put(path, content.clone());
        return this;
    }

    @Override
    public File open(Path path, Mode mode) throws IOException {
        if (mode == Mode.WRITE) {
            files.putIfAbsent(path, new byte[0]);
        } else if (!files.containsKey(path)) {
            throw new FileNotFoundException(path.toString());
        }
        return new Content(path);
    }

    private final class Content implements File {
        private final Path path;

        Content(Path path) {
            this.path = path;
        }

        private byte[] bytes() {
            return files.getOrDefault(path, new byte[0]);
        }

        @Override
        public int read(ByteBuffer into, long at) {
            byte[] bytes = bytes();
            if (at >= bytes.length) {
                return -1;
            }
            int length = Math.min(into.remaining(), bytes.length - (int) at);
            into.put(bytes, (int) at, length);
            return length;
        }

        @Override
        public void write(ByteBuffer[] from, int count, long at) {
            int to = (int) at;
            for (int i = 0; i < count; i++) {
                int length = from[i].remaining();
                byte[] bytes = bytes();
                if (bytes.length < to + length) {
                    bytes = Arrays.copyOf(bytes, to + length);
                    files.put(path, bytes);
                }
                from[i].get(bytes, to, length);
                to += length;
            }
        }

        @Override
        public void sync() {}

        @Override
        public long size() {
            return bytes().length;
        }

        @Override
        public void truncate(long size) {
            files.put(path, Arrays.copyOf(bytes(), (int) size));
        }

        @Override
        public void close() {}
    }

    @Override
    public List<String> list(Path dir) {
        return files.keySet().stream()
                .filter(path -> dir.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public boolean exists(Path path) {
        return files.keySet().stream().anyMatch(file -> file.startsWith(path));
    }

    @Override
    public void createDirectories(Path dir) {}

    @Override
    public void rename(Path from, Path to) throws IOException {
        byte[] content = files.remove(from);
        if (content == null) {
            throw new FileNotFoundException(from.toString());
        }
        files.put(to, content);
    }

    @Override
    public void delete(Path path) {
        files.remove(path);
    }

    @Override
    public void syncDirectory(Path dir) {}

    @Override
    public long freeBytes(Path dir) {
        return Long.MAX_VALUE;
    }

    @Override
    public AutoCloseable lock(Path dir) {
        return () -> {};
    }
}
