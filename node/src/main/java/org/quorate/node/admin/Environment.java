package org.quorate.node.admin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code envi} tells of the machine and the JVM. Stateless. */
final class Environment {
    private static final String[] PROPERTIES = {
        "java.version",
        "java.vendor",
        "java.home",
        "java.class.path",
        "java.library.path",
        "java.io.tmpdir",
        "java.compiler",
        "os.name",
        "os.arch",
        "os.version",
        "user.name",
        "user.home",
        "user.dir"
    };

    private Environment() {}

    /** In ZooKeeper's order. */
    static Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("zookeeper.version", Version.FULL);
        entries.put("host.name", hostName());
        for (String property : PROPERTIES) {
            entries.put(property, System.getProperty(property, "<NA>"));
        }
        Runtime runtime = Runtime.getRuntime();
        entries.put("os.memory.free", megabytes(runtime.freeMemory()));
        entries.put("os.memory.max", megabytes(runtime.maxMemory()));
        entries.put("os.memory.total", megabytes(runtime.totalMemory()));
        return entries;
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + "MB";
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return "<NA>";
        }
    }
}
