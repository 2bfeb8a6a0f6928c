package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.ServerProcess.Kind;
import picocli.CommandLine;
import tools.jackson.databind.ObjectMapper;

/**
 * Curves, not points: how rates and processor time per operation change with the number of
 * connections, the size of values, the size of the tree, the number of servers and the number of
 * watches, of Quorate and of ZooKeeper.
 */
@CommandLine.Command(
        name = "growth",
        mixinStandardHelpOptions = true,
        description = "Draws how rates and processor time grow.")
public final class GrowthBench implements Callable<Integer> {
    private static final int LARGE_HEAP_MEGABYTES = 1_500;

    /** What ZooKeeper needs for each znode of 100 B, with room for what a rate leaves behind. */
    private static final int HEAP_BYTES_PER_ZNODE = 600;

    private static final int HEAP_MEGABYTES = 512;

    /** What grows. */
    enum What {
        CONNECTIONS,
        VALUES,
        TREE,
        ENSEMBLE,
        WATCHES,
        WATCHERS
    }

    @CommandLine.Option(
            names = "--only",
            split = ",",
            description = "curves: ${COMPLETION-CANDIDATES}")
    private List<What> only = List.of(What.values());

    @CommandLine.Option(
            names = "--kinds",
            split = ",",
            description = "${COMPLETION-CANDIDATES} (default: both)")
    private List<Kind> kinds = List.of(Kind.values());

    @CommandLine.Option(names = "--seconds", description = "per point (default: ${DEFAULT-VALUE})")
    private double seconds = 1;

    @CommandLine.Option(
            names = "--znodes",
            description = "of the largest tree (default: ${DEFAULT-VALUE})")
    private int znodesMax = 1_000_000;

    @CommandLine.Option(names = "--json", description = "also writes the points to this file")
    private @Nullable Path json;

    @CommandLine.Option(names = "--svg", description = "also draws a picture for each curve there")
    private @Nullable Path svg;

    /** Runs the measurement; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new GrowthBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        System.out.println(Curve.head());
        Map<What, Curve> curves = new EnumMap<>(What.class);
        for (What what : only) {
            curves.put(
                    what,
                    switch (what) {
                        case CONNECTIONS -> connections();
                        case VALUES -> values();
                        case TREE -> tree();
                        case ENSEMBLE -> ensemble();
                        case WATCHES -> watches();
                        case WATCHERS -> watchers();
                    });
            write(curves);
        }
        return 0;
    }

    /** Whatever there is by now. */
    private void write(Map<What, Curve> curves) throws IOException {
        if (json != null) {
            List<Map<String, Object>> values = curves.values().stream().map(Curve::values).toList();
            Files.writeString(
                    json,
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(values));
        }
        if (svg != null) {
            for (Map.Entry<What, Curve> each : curves.entrySet()) {
                String name = "growth-" + each.getKey().name().toLowerCase(Locale.ROOT) + ".svg";
                Files.writeString(svg.resolve(name), each.getValue().svg());
            }
        }
    }

    private Curve connections() throws IOException {
        Curve curve = new Curve("Connections with one request under way each", "connections");
        try (Pair pair = new Pair(1, 0, HEAP_MEGABYTES)) {
            for (int connections : new int[] {1, 4, 16, 64, 256, 1_000, 2_000}) {
                pair.measure(curve, "getData", connections, connections, 1, Scenarios::reads);
                pair.measure(curve, "setData", connections, connections, 1, Scenarios::writes);
            }
        }
        return curve;
    }

    private Curve values() throws IOException {
        Curve curve = new Curve("Size of values, 8 connections with 2 requests under way", "bytes");
        try (Pair pair = new Pair(1, 0, LARGE_HEAP_MEGABYTES)) {
            for (int bytes : new int[] {0, 100, 1_000, 10_000, 100_000, 1_000_000}) {
                pair.prepare(loader -> Scenarios.prepareSized(loader, bytes));
                pair.measure(
                        curve, "getData", bytes, 8, 2, connection -> Scenarios.sizedReads(bytes));
                pair.measure(
                        curve, "setData", bytes, 8, 2, connection -> Scenarios.sizedWrites(bytes));
            }
        }
        return curve;
    }

    private Curve tree() throws IOException {
        Curve curve = new Curve("Size of the tree, in one directory, 32 × 8", "znodes");
        int heap = (int) ((long) znodesMax * HEAP_BYTES_PER_ZNODE / 1_000_000);
        try (Pair pair = new Pair(1, 0, Math.max(LARGE_HEAP_MEGABYTES, heap))) {
            pair.prepare(loader -> Scenarios.create(loader, "/tree"));
            int filled = 0;
            for (int znodes = 1_000; znodes <= znodesMax; znodes *= 10) {
                int from = filled;
                int to = znodes;
                pair.prepare(loader -> Scenarios.fill(loader, "/tree", from, to, 100));
                filled = znodes;
                pair.measure(
                        curve,
                        "getData",
                        znodes,
                        32,
                        8,
                        connection -> Scenarios.readsOf("/tree", to, connection));
                pair.measure(
                        curve,
                        "setData",
                        znodes,
                        32,
                        8,
                        connection -> Scenarios.writesOf("/tree", to, connection));
            }
        }
        return curve;
    }

    private Curve ensemble() throws IOException {
        Curve curve = new Curve("Servers on one machine, 30 × 8", "servers");
        for (int[] shape : new int[][] {{1, 0}, {3, 0}, {5, 0}, {4, 1}, {5, 2}}) {
            String suffix = shape[1] > 0 ? ", 3 voters and observers" : "";
            try (Pair pair = new Pair(shape[0], shape[1], HEAP_MEGABYTES)) {
                pair.measure(curve, "getData" + suffix, shape[0], 30, 8, Scenarios::reads);
                pair.measure(curve, "setData" + suffix, shape[0], 30, 8, Scenarios::writes);
            }
        }
        return curve;
    }

    private Curve watches() throws IOException {
        Curve curve = new Curve("Watches that do not fire, setData 16 × 4 beside them", "watches");
        try (Pair pair = new Pair(1, 0, LARGE_HEAP_MEGABYTES)) {
            List<Loader> watchers = new ArrayList<>();
            try {
                int set = 0;
                for (int watches : new int[] {0, 1_000, 10_000, 100_000, 1_000_000}) {
                    int from = set;
                    for (Subject subject : pair.subjects) {
                        Loader watcher = new Loader(subject.ports(), 1, 64);
                        watchers.add(watcher);
                        Scenarios.watchAbsent(watcher, from, watches);
                    }
                    set = watches;
                    pair.measure(curve, "setData", Math.max(1, watches), 16, 4, Scenarios::writes);
                }
            } finally {
                for (Loader watcher : watchers) {
                    watcher.close();
                }
            }
        }
        return curve;
    }

    private Curve watchers() throws IOException {
        Curve curve = new Curve("Who watches one znode, per event with re-arming", "watchers");
        try (Pair pair = new Pair(1, 0, HEAP_MEGABYTES)) {
            for (int watchers : new int[] {1, 10, 100, 1_000, 10_000}) {
                int changes = Math.clamp((long) (seconds * 10_000 / watchers), 2, 1_000);
                for (Subject subject : pair.subjects) {
                    Crowds.fanOut(subject, watchers, Math.max(1, changes / 2)); // warm-up
                    curve.add(
                            "event, " + subject.name(),
                            watchers,
                            Crowds.fanOut(subject, watchers, changes));
                }
            }
        }
        return curve;
    }

    /** The same servers of each kind, measured one after the other at each point. */
    private final class Pair implements AutoCloseable {
        private final List<Subject> subjects = new ArrayList<>();

        Pair(int servers, int observers, int heapMegabytes) throws IOException {
            try {
                for (Kind kind : kinds) {
                    subjects.add(
                            Subject.start(
                                    kind,
                                    servers,
                                    observers,
                                    List.of("-Xmx" + heapMegabytes + "m")));
                }
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        interface Preparation {
            void on(Loader loader) throws IOException;
        }

        void prepare(Preparation preparation) throws IOException {
            for (Subject subject : subjects) {
                try (Loader loader = new Loader(subject.ports(), 16, 16)) {
                    preparation.on(loader);
                }
            }
        }

        void measure(
                Curve curve,
                String line,
                double x,
                int connections,
                int underWay,
                Loader.Scenario scenario)
                throws IOException {
            for (Subject subject : subjects) {
                try (Loader loader = new Loader(subject.ports(), connections, underWay)) {
                    long nanos = (long) (seconds * 1e9);
                    loader.run(connections, scenario, Long.MAX_VALUE, nanos / 2); // warm-up
                    Meter meter = Meter.start(subject);
                    Loader.Result result = loader.run(connections, scenario, Long.MAX_VALUE, nanos);
                    if (result.errors() > 0) {
                        throw new IOException(
                                "%s at %.0f: %d requests were refused"
                                        .formatted(curve.title(), x, result.errors()));
                    }
                    curve.add(line + ", " + subject.name(), x, meter.stop(result));
                }
            }
        }

        @Override
        public void close() {
            subjects.forEach(Subject::close);
        }
    }
}
