package org.quorate.node.config;

import java.util.List;

/**
 * One key of the configuration.
 *
 * @param key as it stands in {@code zoo.cfg}
 * @param group where the reference page lists it
 * @param properties Java system properties it is read from, first match wins; empty if only the
 *     file may tell it
 * @param inFile whether the file may tell it: a few of ZooKeeper's keys are system properties only
 * @param type what is legal
 * @param defaultText what stands if nothing is told, in the file's form; empty for nothing
 * @param meaning one sentence for the reference page
 * @param readBy which part of the server reads it
 */
record Setting<T>(
        String key,
        Group group,
        List<String> properties,
        boolean inFile,
        ValueType<T> type,
        String defaultText,
        String meaning,
        String readBy) {

    /** Chapters of the reference page, in its order. */
    enum Group {
        CLIENTS("Clients and ports"),
        TIMING("Time"),
        LIMITS("Limits"),
        STORAGE("Storage"),
        ENSEMBLE("Ensemble"),
        BEHAVIOUR("Behaviour"),
        AUTHENTICATION("Authentication"),
        TLS("TLS"),
        ADMINISTRATION("Administration and metrics"),
        SHARES("Limits of each user, address and path"),
        OWN("Quorate's own"),
        IGNORED("Accepted and ignored");

        final String title;

        Group(String title) {
            this.title = title;
        }
    }

    /** ZooKeeper's prefix for what a file tells beyond the keys it knows itself. */
    static final String PREFIX = "zookeeper.";

    boolean isFileOnly() {
        return properties.isEmpty();
    }

    /**
     * @throws ConfigException naming the key as the person wrote it, the value and what is legal
     */
    T parse(String text, String origin) throws ConfigException {
        try {
            return type.parser().apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "%s: '%s' is not legal; it must be %s".formatted(origin, text, type.legal()));
        }
    }
}
