package org.quorate.sim;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Disk;
import org.quorate.log.DiskFullException;

/**
 * A disk in memory that fails as disks do: it loses, tears and reorders what was not synced when
 * the power goes; it is full; a sync fails; a bit goes bad. Names in directories are kept apart
 * from contents, as file systems do, and last only when the directory was synced.
 */
final class SimDisk implements Disk {
    private static final int NEVER = -1;
    private static final String SNAPSHOT = "snapshot.";

    private final Chance chance;
    private final TreeMap<Path, FileContent> entries = new TreeMap<>();
    private final TreeMap<Path, TreeMap<Path, FileContent>> durable = new TreeMap<>();
    private final Set<Path> directories = new TreeSet<>();
    private final Set<Path> locks = new TreeSet<>();
    private int stepsToPowerLoss = NEVER;
    private boolean powerless;
    private boolean full;
    private boolean failsToSync;

    SimDisk(Chance chance) {
        this.chance = chance;
    }

    // ---- faults

    /** The power goes in the middle of the work, so many operations from now. */
    void losePowerAfter(int steps) {
        stepsToPowerLoss = steps;
    }

    /** Has it gone? */
    boolean isPowerless() {
        return powerless;
    }

    void full(boolean isFull) {
        full = isFull;
    }

    boolean isFull() {
        return full;
    }

    void failToSync(boolean fails) {
        failsToSync = fails;
    }

    /** The power comes back. */
    void restart() {
        powerless = false;
        stepsToPowerLoss = NEVER;
        failsToSync = false;
        locks.clear();
        TreeSet<Path> names = new TreeSet<>(entries.keySet());
        durable.values().forEach(each -> names.addAll(each.keySet()));
        TreeMap<Path, FileContent> after = new TreeMap<>();
        for (Path name : names) {
            FileContent now = entries.get(name);
            FileContent lasting = durableOf(name.getParent()).get(name);
            FileContent kept = now == lasting || chance.oneIn(2) ? now : lasting;
            if (kept != null) {
                after.put(name, kept);
            }
        }
        ArrayList<FileContent> contents = new ArrayList<>();
        for (FileContent content : after.values()) {
            if (!contents.contains(content)) {
                contents.add(content);
            }
        }
        contents.forEach(content -> content.losePower(chance));
        entries.clear();
        entries.putAll(after);
        durable.clear();
        after.forEach((name, content) -> durableOf(name.getParent()).put(name, content));
    }

    /** The process has ended, the machine runs on: nothing is lost, and locks are free. */
    void release() {
        locks.clear();
        stepsToPowerLoss = NEVER;
    }

    /**
     * A bit of a file goes bad.
     *
     * @param prefix what the file's name begins with
     * @return the file; null if there is none of that kind
     */
    @Nullable Path flipBit(String prefix) {
        List<Path> candidates = new ArrayList<>();
        for (Path path : entries.keySet()) {
            boolean aside = path.toString().contains("damaged-");
            if (!aside && String.valueOf(path.getFileName()).startsWith(prefix)) {
                candidates.add(path);
            }
        }
        if (candidates.isEmpty()) {
            return null;
        }
        // The newest matter most.
        Path path = chance.oneIn(3) ? chance.of(candidates) : candidates.get(candidates.size() - 1);
        return content(path).flipBit(chance) ? path : null;
    }

    /** Is there a snapshot of a later state, which has not been put aside? */
    boolean hasSnapshotBehind(long zxid) {
        for (Path path : entries.keySet()) {
            String name = String.valueOf(path.getFileName());
            if (name.startsWith(SNAPSHOT)
                    && !path.toString().contains("damaged-")
                    && Long.parseUnsignedLong(name.substring(SNAPSHOT.length()), 16) > zxid) {
                return true;
            }
        }
        return false;
    }

    /** Names of all files. */
    List<Path> files() {
        return List.copyOf(entries.keySet());
    }

    private FileContent content(Path path) {
        FileContent content = entries.get(path);
        if (content == null) {
            throw new IllegalStateException("no file " + path);
        }
        return content;
    }

    private Map<Path, FileContent> durableOf(@Nullable Path dir) {
        Path key = dir == null ? Path.of("") : dir;
        return durable.computeIfAbsent(key, _ -> new TreeMap<>());
    }

    private void step() throws IOException {
        if (powerless || stepsToPowerLoss == 0) {
            powerless = true;
            throw new PowerLoss();
        }
        if (stepsToPowerLoss > 0) {
            stepsToPowerLoss--;
        }
    }

    // ---- what the store asks

    @Override
    public File open(Path path, Mode mode) throws IOException {
        step();
        FileContent content = entries.get(path);
        if (content == null) {
            if (mode == Mode.READ) {
                throw new FileNotFoundException(path.toString());
            }
            content = new FileContent();
            entries.put(path, content);
        }
        return new OpenFile(content);
    }

    @Override
    public List<String> list(Path dir) throws IOException {
        step();
        TreeSet<String> names = new TreeSet<>();
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
        if (entries.containsKey(path)) {
            return true;
        }
        for (Path dir : directories) {
            if (dir.startsWith(path)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void createDirectories(Path dir) throws IOException {
        step();
        directories.add(dir);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        FileContent content = entries.remove(from);
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
        Map<Path, FileContent> lasting = durableOf(dir);
        lasting.clear();
        entries.forEach((path, content) -> {
            if (dir.equals(path.getParent())) {
                lasting.put(path, content);
            }
        });
    }

    @Override
    public long freeBytes(Path dir) {
        return full ? 0 : Long.MAX_VALUE;
    }

    @Override
    public @Nullable AutoCloseable lock(Path dir) {
        return locks.add(dir) ? () -> locks.remove(dir) : null;
    }

    private final class OpenFile implements File {
        private final FileContent content;

        OpenFile(FileContent content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            step();
            return content.read(into, at);
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
            if (powerless) {
                throw new PowerLoss();
            }
            if (stepsToPowerLoss == 0) {
                content.write(bytes, chance.below(length + 1), (int) at);
                step();
            }
            if (full && at + length > content.size()) {
                content.write(bytes, chance.below(length), (int) at);
                throw new DiskFullException("no room left");
            }
            step();
            content.write(bytes, length, (int) at);
        }

        @Override
        public void sync() throws IOException {
            step();
            if (failsToSync) {
                throw new IOException("the sync failed");
            }
            content.sync();
        }

        @Override
        public long size() throws IOException {
            step();
            return content.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            step();
            content.truncate((int) size);
        }

        @Override
        public void close() {}
    }
}
