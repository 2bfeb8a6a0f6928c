package org.quorate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * What a server puts on its heap per operation: exactly by thread, as the JVM counts it, and by the
 * code that does it, from the flight recorder's samples (one for each buffer that a thread has
 * filled). The core is the four modules that have no socket and no thread.
 */
@CommandLine.Command(
        name = "allocations",
        mixinStandardHelpOptions = true,
        description = "Measures the garbage of reads and writes in a Quorate server.")
public final class AllocationBench implements Callable<Integer> {
    private static final List<String> CORE = List.of("protocol", "tree", "zab", "replica");
    private static final String PACKAGES = "org.quorate.";
    private static final String ELSEWHERE = "JDK and libraries alone";

    /** Of threads that work for the recorder. */
    private static final String RECORDER = "JFR";

    /** A sample each time 16 KiB are filled, not each time some hundreds are. */
    private static final List<String> SMALL_BUFFERS =
            List.of("-Xmx512m", "-XX:-ResizeTLAB", "-XX:TLABSize=16k");

    private static final int TOP_SITES = 8;
    private static final String SETTINGS =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration version="2.0">
              <event name="jdk.ThreadAllocationStatistics">
                <setting name="enabled">true</setting>
                <setting name="period">everyChunk</setting>
              </event>
              <event name="jdk.ObjectAllocationSample">
                <setting name="enabled">true</setting>
                <setting name="stackTrace">true</setting>
                <setting name="throttle">off</setting>
              </event>
            </configuration>
            """;

    @CommandLine.Option(
            names = "--only",
            split = ",",
            description = "workloads on one server (default: ${DEFAULT-VALUE})")
    private List<Workload> only =
            List.of(
                    Workload.READ_32x8,
                    Workload.WRITE_32x8,
                    Workload.MULTI10_8x4,
                    Workload.CHURN_16x2);

    @CommandLine.Option(names = "--seconds", description = "for each (default: ${DEFAULT-VALUE})")
    private double seconds = 5;

    /** Runs the measurement; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new AllocationBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory("quorate-recordings");
        Path settings = Files.writeString(dir.resolve("allocations.jfc"), SETTINGS);
        try (Subject subject = Subject.start(ServerProcess.Kind.QUORATE, 1, 0, SMALL_BUFFERS)) {
            for (Workload workload : only) {
                workload.run(subject, seconds, Map.of()); // warm-up
                Path file = dir.resolve(workload + ".jfr");
                long pid = subject.pids().getFirst();
                jcmd(pid, "JFR.start", "name=allocations", "settings=" + settings);
                Figures figures = workload.run(subject, seconds, Map.of());
                jcmd(pid, "JFR.stop", "name=allocations", "filename=" + file);
                show(workload, figures.perSecond() * seconds, file);
                Files.delete(file);
            }
        } finally {
            Files.delete(settings);
            Files.delete(dir);
        }
        return 0;
    }

    private static void jcmd(long pid, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(pid));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + said);
        }
    }

    private static void show(Workload workload, double operations, Path recording)
            throws IOException {
        Map<Long, Long> first = new HashMap<>();
        Map<Long, Long> last = new HashMap<>();
        Set<Long> sampled = new HashSet<>();
        Map<String, Long> rooms = new TreeMap<>();
        Map<String, Long> sites = new HashMap<>();
        List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(recording));
        events.sort(Comparator.comparing(RecordedEvent::getStartTime));
        for (RecordedEvent event : events) {
            RecordedThread thread =
                    event.hasField("thread") ? event.getThread("thread") : event.getThread();
            if (thread != null && !String.valueOf(thread.getJavaName()).contains(RECORDER)) {
                if (event.getEventType().getName().equals("jdk.ThreadAllocationStatistics")) {
                    first.putIfAbsent(thread.getJavaThreadId(), event.getLong("allocated"));
                    last.put(thread.getJavaThreadId(), event.getLong("allocated"));
                } else if (!sampled.add(thread.getJavaThreadId())) {
                    // A thread's first sample stands for what came before the recording, too.
                    String site = site(event.getStackTrace());
                    long bytes = event.getLong("weight");
                    rooms.merge(room(site), bytes, Long::sum);
                    sites.merge(
                            site + ", " + event.getClass("objectClass").getName(),
                            bytes,
                            Long::sum);
                }
            }
        }
        long all = 0;
        for (Map.Entry<Long, Long> thread : last.entrySet()) {
            all += thread.getValue() - first.getOrDefault(thread.getKey(), 0L);
        }
        long core = 0;
        for (String room : CORE) {
            core += rooms.getOrDefault(room, 0L);
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %,.0f operations; %.2f B each in all, %.2f B in the core (sampled)%n",
                workload,
                operations,
                all / operations,
                core / operations);
        rooms.forEach((room, bytes) ->
                System.out.printf(Locale.ROOT, "  %-24s %8.2f B%n", room, bytes / operations));
        sites.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(TOP_SITES)
                .forEach(site ->
                        System.out.printf(
                                Locale.ROOT,
                                "    %8.2f B  %s%n",
                                site.getValue() / operations,
                                site.getKey()));
    }

    /** The project's own method that is nearest to what was made. */
    private static String site(@Nullable RecordedStackTrace trace) {
        if (trace != null) {
            for (RecordedFrame frame : trace.getFrames()) {
                String type = frame.getMethod().getType().getName();
                if (type.startsWith(PACKAGES)) {
                    return type + "." + frame.getMethod().getName();
                }
            }
        }
        return ELSEWHERE;
    }

    private static String room(String site) {
        return site.equals(ELSEWHERE)
                ? ELSEWHERE
                : site.substring(PACKAGES.length(), site.indexOf('.', PACKAGES.length()));
    }
}
