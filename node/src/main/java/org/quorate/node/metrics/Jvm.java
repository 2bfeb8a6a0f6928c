package org.quorate.node.metrics;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * Metrics of the JVM and of the process, under the names that ZooKeeper's Prometheus provider gives
 * them. Reading any of them asks the JVM anew. Any thread.
 */
public final class Jvm implements AutoCloseable {
    /** How many file descriptors are open, and how many may be; −1 if the system does not say. */
    public record Descriptors(long open, long max) {}

    private final Map<String, Long> allocated = new ConcurrentHashMap<>();
    private final Map<String, Long> usedAfterGc = new ConcurrentHashMap<>();
    private final NotificationListener gcListener = this::gcHappened;

    /** Begins to listen to garbage collections. */
    public Jvm() {
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (gc instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(gcListener, null, null);
            }
        }
    }

    /** File descriptors of this process. */
    public static Descriptors descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? new Descriptors(os.getOpenFileDescriptorCount(), os.getMaxFileDescriptorCount())
                : new Descriptors(-1, -1);
    }

    /** Appends all of them. */
    public void write(PrometheusText out) {
        process(out);
        classes(out);
        threads(out);
        memory(out);
        buffers(out);
        collections(out);
        out.head("jvm_info", "gauge");
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("version", System.getProperty("java.runtime.version", "unknown"));
        labels.put("vendor", System.getProperty("java.vm.vendor", "unknown"));
        labels.put("runtime", System.getProperty("java.runtime.name", "unknown"));
        out.sample("jvm_info", labels, 1);
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (gc instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(gcListener);
                } catch (javax.management.ListenerNotFoundException e) {
                    throw new IllegalStateException("closed twice", e);
                }
            }
        }
    }

    private static void process(PrometheusText out) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os) {
            one(out, "process_cpu_seconds_total", "counter", os.getProcessCpuTime() / 1e9);
        }
        long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        one(out, "process_start_time_seconds", "gauge", startMillis / 1e3);
        Descriptors descriptors = descriptors();
        one(out, "process_open_fds", "gauge", descriptors.open());
        one(out, "process_max_fds", "gauge", descriptors.max());
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            lines.forEach(line -> status(out, line));
        } catch (IOException e) {
            return; // only Linux tells it
        }
    }

    private static void status(PrometheusText out, String line) {
        String[] fields = line.split("\\s+");
        switch (fields[0]) {
            case "VmSize:" -> one(out, "process_virtual_memory_bytes", "gauge", bytes(fields[1]));
            case "VmRSS:" -> one(out, "process_resident_memory_bytes", "gauge", bytes(fields[1]));
            default -> {}
        }
    }

    private static long bytes(String kilobytes) {
        return Long.parseLong(kilobytes) << 10;
    }

    private static void classes(PrometheusText out) {
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        one(out, "jvm_classes_loaded", "gauge", classes.getLoadedClassCount());
        one(out, "jvm_classes_loaded_total", "counter", classes.getTotalLoadedClassCount());
        one(out, "jvm_classes_unloaded_total", "counter", classes.getUnloadedClassCount());
    }

    private static void threads(PrometheusText out) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        one(out, "jvm_threads_current", "gauge", threads.getThreadCount());
        one(out, "jvm_threads_daemon", "gauge", threads.getDaemonThreadCount());
        one(out, "jvm_threads_peak", "gauge", threads.getPeakThreadCount());
        one(out, "jvm_threads_started_total", "counter", threads.getTotalStartedThreadCount());
        one(out, "jvm_threads_deadlocked", "gauge", length(threads.findDeadlockedThreads()));
        one(
                out,
                "jvm_threads_deadlocked_monitor",
                "gauge",
                length(threads.findMonitorDeadlockedThreads()));
        Map<Thread.State, Integer> states = new EnumMap<>(Thread.State.class);
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null) {
                states.merge(thread.getThreadState(), 1, Integer::sum);
            }
        }
        out.head("jvm_threads_state", "gauge");
        for (Thread.State state : Thread.State.values()) {
            out.sample(
                    "jvm_threads_state",
                    Map.of("state", state.name()),
                    states.getOrDefault(state, 0));
        }
    }

    private static int length(long @org.jspecify.annotations.Nullable [] ids) {
        return ids == null ? 0 : ids.length;
    }

    private void memory(PrometheusText out) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage nonheap = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        Map<String, Function<MemoryUsage, Long>> kinds = new LinkedHashMap<>();
        kinds.put("used", MemoryUsage::getUsed);
        kinds.put("committed", MemoryUsage::getCommitted);
        kinds.put("max", MemoryUsage::getMax);
        kinds.put("init", MemoryUsage::getInit);
        kinds.forEach((kind, value) -> {
            String name = "jvm_memory_bytes_" + kind;
            out.head(name, "gauge");
            out.sample(name, Map.of("area", "heap"), value.apply(heap));
            out.sample(name, Map.of("area", "nonheap"), value.apply(nonheap));
        });
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
        kinds.forEach((kind, value) -> {
            String name = "jvm_memory_pool_bytes_" + kind;
            out.head(name, "gauge");
            for (MemoryPoolMXBean pool : pools) {
                MemoryUsage usage = pool.getUsage();
                if (usage != null) {
                    out.sample(name, Map.of("pool", pool.getName()), value.apply(usage));
                }
            }
        });
        out.head("jvm_memory_pool_allocated_bytes_total", "counter");
        allocated.forEach((pool, count) ->
                out.sample("jvm_memory_pool_allocated_bytes_total", Map.of("pool", pool), count));
    }

    private static void buffers(PrometheusText out) {
        List<BufferPoolMXBean> pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
        Map<String, Function<BufferPoolMXBean, Long>> kinds = new LinkedHashMap<>();
        kinds.put("jvm_buffer_pool_used_bytes", BufferPoolMXBean::getMemoryUsed);
        kinds.put("jvm_buffer_pool_capacity_bytes", BufferPoolMXBean::getTotalCapacity);
        kinds.put("jvm_buffer_pool_used_buffers", BufferPoolMXBean::getCount);
        kinds.forEach((name, value) -> {
            out.head(name, "gauge");
            for (BufferPoolMXBean pool : pools) {
                out.sample(name, Map.of("pool", pool.getName()), value.apply(pool));
            }
        });
    }

    private static void collections(PrometheusText out) {
        out.head("jvm_gc_collection_seconds", "summary");
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            Map<String, String> labels = Map.of("gc", gc.getName());
            out.sample("jvm_gc_collection_seconds_count", labels, gc.getCollectionCount());
            out.sample("jvm_gc_collection_seconds_sum", labels, gc.getCollectionTime() / 1e3);
        }
    }

    /** What a pool holds before a collection and did not hold after the last one is new. */
    private void gcHappened(Notification notification, Object handback) {
        if (notification
                        .getType()
                        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)
                && notification.getUserData() instanceof CompositeData data) {
            var gc = GarbageCollectionNotificationInfo.from(data).getGcInfo();
            gc.getMemoryUsageBeforeGc()
                    .forEach((pool, before) -> {
                        long last = usedAfterGc.getOrDefault(pool, 0L);
                        long grown = Math.max(0, before.getUsed() - last);
                        allocated.merge(pool, grown, Long::sum);
                    });
            gc.getMemoryUsageAfterGc()
                    .forEach((pool, after) -> usedAfterGc.put(pool, after.getUsed()));
        }
    }

    private static void one(PrometheusText out, String name, String type, Number value) {
        out.head(name, type);
        out.sample(name, Map.of(), value);
    }
}
