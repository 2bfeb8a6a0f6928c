package org.quorate.tree;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Which subtrees have a quota, and what they use of it (client protocol §16). The nodes that say so
 * lie at {@code /zookeeper/quota<path>/zookeeper_limits} and {@code …/zookeeper_stats}; usage is
 * counted in memory and shown in the stats node's data without touching its stat.
 */
final class Quotas {
    static final String ROOT = "/zookeeper/quota";
    static final String LIMITS = "zookeeper_limits";
    static final String STATS = "zookeeper_stats";

    private static final byte[] ROOT_BYTES = ROOT.getBytes(StandardCharsets.UTF_8);

    // By the path that has the quota.
    private final Map<String, Boolean> limited = new HashMap<>();

    /** Is any quota set? If not, nothing here costs anything. */
    boolean isEmpty() {
        return limited.isEmpty();
    }

    /** Does the path lie below the quota nodes? */
    static boolean isQuotaPath(Slice path) {
        if (path.length() < ROOT_BYTES.length) {
            return false;
        }
        for (int i = 0; i < ROOT_BYTES.length; i++) {
            if (path.at(i) != ROOT_BYTES[i]) {
                return false;
            }
        }
        return true;
    }

    /** The path whose limits or stats node this is, or null if it is neither. */
    static @Nullable String subject(String quotaPath, String name) {
        String suffix = "/" + name;
        if (!quotaPath.startsWith(ROOT) || !quotaPath.endsWith(suffix)) {
            return null;
        }
        return quotaPath.substring(
                ROOT.length(), Math.max(ROOT.length(), quotaPath.length() - suffix.length()));
    }

    void limit(String path) {
        limited.put(path, true);
    }

    void unlimit(String path) {
        limited.remove(path);
    }

    /** The nearest path upwards, itself included, that has a quota; null if there is none. */
    @Nullable String nearest(Slice path) {
        if (limited.isEmpty()) {
            return null;
        }
        String text = path.text();
        while (!text.isEmpty() && !text.equals("/")) {
            if (limited.containsKey(text)) {
                return text;
            }
            text = text.substring(0, Math.max(0, text.lastIndexOf('/')));
        }
        return null;
    }

    /** The number behind {@code key=} in a quota text, or −1. */
    static long value(String text, String key) {
        for (String part : text.split("[,;]")) {
            int equals = part.indexOf('=');
            if (equals > 0 && part.substring(0, equals).equals(key)) {
                try {
                    return Long.parseLong(part.substring(equals + 1).strip().replace("=", ""));
                } catch (NumberFormatException e) {
                    return -1; // As if there were no limit: nobody checked what was written here.
                }
            }
        }
        return -1;
    }

    static Slice stats(long count, long bytes) {
        return Slice.of("count=" + count + ",bytes=" + bytes);
    }

    /** Reads a data field written by {@link NodeStore#writeData} as text. */
    static String text(JuteOut field) {
        return new String(field.array(), 4, field.size() - 4, StandardCharsets.UTF_8);
    }
}
