package org.quorate.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.WatchTable;

/** Watches that fire: per watch, its setting included where it is used up. */
@State(Scope.Thread)
public class WatchBench extends NanosPerOperation {
    private static final int WATCHERS = 1_000;
    private static final int PATHS = 1_000;

    private final WatchTable once = new WatchTable(1);
    private final WatchTable lasting = new WatchTable(1);
    private final Slice hot = Slice.of("/bench/hot");
    private final Slice[] paths = new Slice[PATHS];
    private long fired;

    /** Sets the watches that last. */
    @Setup
    public void watch() {
        for (int i = 0; i < PATHS; i++) {
            paths[i] = Slice.of("/bench/" + i);
        }
        for (int watcher = 1; watcher <= WATCHERS; watcher++) {
            lasting.add(watcher, hot, WatchTable.Mode.PERSISTENT);
        }
    }

    /** A thousand connections watch one znode, it changes. */
    @Benchmark
    @OperationsPerInvocation(WATCHERS)
    public long setsAndFiresManyOnOne() {
        for (int watcher = 1; watcher <= WATCHERS; watcher++) {
            once.add(watcher, hot, WatchTable.Mode.DATA);
        }
        once.dataChanged(hot, (watcher, type, path) -> fired++);
        return fired;
    }

    /** One connection watches a thousand znodes, each changes. */
    @Benchmark
    @OperationsPerInvocation(PATHS)
    public long setsAndFiresOneOnMany() {
        for (Slice path : paths) {
            once.add(1, path, WatchTable.Mode.DATA);
        }
        for (Slice path : paths) {
            once.dataChanged(path, (watcher, type, at) -> fired++);
        }
        return fired;
    }

    /** A thousand lasting watches on one znode. */
    @Benchmark
    @OperationsPerInvocation(WATCHERS)
    public long firesLasting() {
        lasting.dataChanged(hot, (watcher, type, path) -> fired++);
        return fired;
    }
}
