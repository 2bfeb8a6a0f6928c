package org.quorate.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk in memory that can fail as disks do: loses what was not synced at a crash, in whole
 * sectors or cut at any byte; is full; fails; flips bits. Keeps directory entries apart from
 * contents, as file systems do.
 */
final class FaultyDisk implements Disk {
    static final int SECTOR = 512;

    /** What a file is, whatever its name. */
    static final class Content {
        byte[] bytes = new byte[0];

        /** As it would be after a crash now, if nothing unsynced arrived. */
        byte[] synced = new byte[0];
    }

    /** Thrown at the chosen moment; everything after it fails as well. */
    static final class Crash extends IOException {
        private static final long serialVersionUID = 1;

        Crash() {
            super("crash");
        }
    }

    private Map<Path, Content> entries = new TreeMap<>();
    private final Map<Path, Map<Path, Content>> durableEntries = new LinkedHashMap<>();
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> locks = new HashSet<>();
    private boolean crashed;

    /** Operations until the crash; negative for never. */
    int crashAfter = -1;

    /** A write that crosses the crash arrives in part. */
    Random random = new Random(1);

    long freeBytes = Long.MAX_VALUE;
    boolean syncFails;
    long bytesWritten;
    int syncs;

    byte[] content(Path path) {
        return entries.get(path).bytes.clone();
    }

    void put(Path path, byte[] bytes) {
        Content content = new Content();
        content.bytes = bytes.clone();
        content.synced = bytes.clone();
        entries.put(path, content);
        durable(path.getParent()).put(path, content);
        directories.add(path.getParent());
    }

    List<Path> files() {
        return List.copyOf(entries.keySet());
    }

    private Map<Path, Content> durable(Path dir) {
        return durableEntries.computeIfAbsent(dir, d -> new TreeMap<>());
    }

    private void step() throws IOException {
        if (crashed || crashAfter == 0) {
            crashed = true;
            throw new Crash();
        }
        if (crashAfter > 0) {
            crashAfter--;
        }
    }

    /** The machine comes back: what was not synced has arrived in part, or not. */
    void restart() {
        crashed = false;
        crashAfter = -1;
        locks.clear();
        Map<Path, Content> after = new TreeMap<>();
        for (Path path : union()) {
            Content volatileEntry = entries.get(path);
            Content durableEntry = durable(path.getParent()).get(path);
            Content chosen = random.nextBoolean() ? volatileEntry : durableEntry;
            if (chosen != null) {
                after.put(path, chosen);
            }
        }
        for (Content content : new HashSet<>(after.values())) {
            content.bytes = torn(content);
            content.synced = content.bytes.clone();
        }
        entries = after;
        durableEntries.clear();
        after.forEach((path, content) -> durable(path.getParent()).put(path, content));
    }

    private Set<Path> union() {
        Set<Path> paths = new java.util.TreeSet<>(entries.keySet());
        durableEntries.values().forEach(map -> paths.addAll(map.keySet()));
        return paths;
    }

    private byte[] torn(Content content) {
        byte[] before = content.synced;
        byte[] now = content.bytes;
        if (Arrays.equals(before, now)) {
            return now;
        }
        return switch (random.nextInt(4)) {
            case 0 -> before.clone();
            case 1 -> now.clone();
            case 2 -> cutAtAByte(before, now);
            default -> someSectors(before, now);
        };
    }

    /** The new bytes up to some place behind the first change, the old ones from there. */
    private byte[] cutAtAByte(byte[] before, byte[] now) {
        int same = Arrays.mismatch(before, now);
        int cut = same + random.nextInt(Math.max(now.length - same, 1) + 1);
        byte[] result =
                random.nextBoolean()
                        ? new byte[now.length]
                        : new byte[Math.max(before.length, Math.min(cut, now.length))];
        if (result.length < before.length) {
            result = new byte[before.length];
        }
        System.arraycopy(before, 0, result, 0, Math.min(before.length, result.length));
        System.arraycopy(now, 0, result, 0, Math.min(cut, Math.min(now.length, result.length)));
        return result;
    }

    private byte[] someSectors(byte[] before, byte[] now) {
        byte[] result = new byte[now.length];
        System.arraycopy(before, 0, result, 0, Math.min(before.length, result.length));
        for (int at = 0; at < now.length; at += SECTOR) {
            if (random.nextBoolean()) {
                System.arraycopy(now, at, result, at, Math.min(SECTOR, now.length - at));
            }
        }
        return result;
    }

    @Override
    public File open(Path path, Mode mode) throws IOException {
        step();
        Content content = entries.get(path);
        if (content == null && mode == Mode.READ) {
            throw new FileNotFoundException(path.toString());
        }
        if (content == null) {
            content = new Content();
            entries.put(path, content);
        }
        return new OpenFile(content);
    }

    @Override
    public List<String> list(Path dir) throws IOException {
        step();
        Set<String> names = new java.util.TreeSet<>();
        for (Path path : entries.keySet()) {
            if (path.startsWith(dir) && path.getNameCount() > dir.getNameCount()) {
                names.add(path.getName(dir.getNameCount()).toString());
            }
        }
        for (Path path : directories) {
            if (path.startsWith(dir) && path.getNameCount() > dir.getNameCount()) {
                names.add(path.getName(dir.getNameCount()).toString());
            }
        }
        return List.copyOf(names);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        step();
        return entries.containsKey(path)
                || directories.stream().anyMatch(dir -> dir.startsWith(path));
    }

    @Override
    public void createDirectories(Path dir) throws IOException {
        step();
        directories.add(dir);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        Content content = entries.remove(from);
        if (content == null) {
            throw new FileNotFoundException(from.toString());
        }
        entries.put(to, content);
    }

    @Override
    public void delete(Path path) throws IOException {
        step();
        entries.remove(path);
    }

    @Override
    public void syncDirectory(Path dir) throws IOException {
        step();
        Map<Path, Content> durable = durable(dir);
        durable.clear();
        entries.forEach((path, content) -> {
            if (path.getParent().equals(dir)) {
                durable.put(path, content);
            }
        });
    }

    @Override
    public long freeBytes(Path dir) {
        return freeBytes;
    }

    @Override
    public AutoCloseable lock(Path dir) {
        return locks.add(dir) ? () -> locks.remove(dir) : null;
    }

    private final class OpenFile implements File {
        private final Content content;

        OpenFile(Content content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            step();
            if (at >= content.bytes.length) {
                return -1;
            }
            int length = (int) Math.min(into.remaining(), content.bytes.length - at);
            into.put(content.bytes, (int) at, length);
            return length;
        }

        @Override
        public void write(ByteBuffer[] from, int count, long at) throws IOException {
            int length = 0;
            for (int i = 0; i < count; i++) {
                length += from[i].remaining();
            }
            byte[] bytes = new byte[length];
            ByteBuffer all = ByteBuffer.wrap(bytes);
            for (int i = 0; i < count; i++) {
                all.put(from[i]);
            }
            boolean crashesHere = crashAfter == 0;
            long room = Math.max(0, freeBytes - Math.max(0, at + length - content.bytes.length));
            if (at + length > content.bytes.length
                    && freeBytes < at + length - content.bytes.length) {
                int part = random.nextInt(length);
                put(bytes, Math.min(part, (int) Math.max(0, freeBytes)), at);
                throw new DiskFullException("no room left");
            }
            if (!crashed) {
                put(bytes, crashesHere ? random.nextInt(length + 1) : length, at);
            }
            if (freeBytes != Long.MAX_VALUE) {
                freeBytes = room;
            }
            step();
        }

        private void put(byte[] bytes, int length, long at) {
            int to = (int) at + length;
            if (to > content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, to);
            }
            System.arraycopy(bytes, 0, content.bytes, (int) at, length);
            bytesWritten += length;
        }

        @Override
        public void sync() throws IOException {
            step();
            if (syncFails) {
                throw new IOException("sync failed");
            }
            syncs++;
            content.synced = content.bytes.clone();
        }

        @Override
        public long size() throws IOException {
            step();
            return content.bytes.length;
        }

        @Override
        public void truncate(long size) throws IOException {
            step();
            if (size < content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, (int) size);
            }
        }

        @Override
        public void close() {}
    }

    /** Copies of all contents, to put back later. */
    Map<Path, byte[]> image() {
        Map<Path, byte[]> image = new HashMap<>();
        entries.forEach((path, content) -> image.put(path, content.bytes.clone()));
        return image;
    }

    static FaultyDisk of(Map<Path, byte[]> image) {
        FaultyDisk disk = new FaultyDisk();
        new ArrayList<>(image.entrySet()).forEach(e -> disk.put(e.getKey(), e.getValue()));
        return disk;
    }
}
