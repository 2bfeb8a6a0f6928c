package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The machine's file system. */
final class RealDisk implements Disk {
    @Override
    public File open(Path path, Mode mode) throws IOException {
        throw new IOException("not built yet: " + path + mode);
    }

    @Override
    public List<String> list(Path dir) throws IOException {
        throw new IOException("not built yet: " + dir);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        throw new IOException("not built yet: " + path);
    }

    @Override
    public void createDirectories(Path dir) throws IOException {
        throw new IOException("not built yet: " + dir);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        throw new IOException("not built yet: " + from + to);
    }

    @Override
    public void delete(Path path) throws IOException {
        throw new IOException("not built yet: " + path);
    }

    @Override
    public void syncDirectory(Path dir) throws IOException {
        throw new IOException("not built yet: " + dir);
    }

    @Override
    public long freeBytes(Path dir) throws IOException {
        throw new IOException("not built yet: " + dir);
    }

    @Override
    public AutoCloseable lock(Path dir) throws IOException {
        throw new IOException("not built yet: " + dir);
    }
}
