package org.quorate.node.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What this server says of its version. Immutable. */
public final class Version {
    /** The version of ZooKeeper that clients and tools may take this server for. */
    public static final String ZOOKEEPER = "3.9.6";

    /** This software's own version. */
    public static final String QUORATE = own();

    /** The form in which ZooKeeper tells it: version, build, date. */
    public static final String FULL =
            ZOOKEEPER + "-quorate-" + QUORATE + ", built on 2026-01-01 00:00 UTC";

    private Version() {}

    private static String own() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("version.properties cannot be read", e);
        }
        String version = properties.getProperty("version", "");
        return version.isEmpty() || version.startsWith("$") ? "development" : version;
    }
}
