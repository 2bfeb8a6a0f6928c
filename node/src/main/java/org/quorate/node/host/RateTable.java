package org.quorate.node.host;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LogLimit;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.acl.Id;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each user, each address and all below each listed path ask for, of those with limits. An
 * entry goes with the last connection of its user or address, unless a new one would have more
 * room: then somewhat later, so that coming back brings nothing. Any thread.
 */
final class RateTable {
    private static final Logger LOG = LoggerFactory.getLogger(RateTable.class);

    /** From so many entries on those that nobody holds are looked for, whenever they double. */
    private static final int SWEPT_MIN = 1_000;

    /** All below a path. */
    static final class Below {
        private final byte[] prefix;
        private final Usage usage;

        Below(String prefix, Usage usage) {
            this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
            this.usage = usage;
        }

        Usage usage() {
            return usage;
        }

        boolean contains(byte[] bytes, int from, int length) {
            if (prefix.length == 1) {
                return true; // the root
            }
            if (length < prefix.length
                    || length > prefix.length && bytes[from + prefix.length] != '/') {
                return false;
            }
            for (int i = 0; i < prefix.length; i++) {
                if (bytes[from + i] != prefix[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final ServerConfig.Share user;
    private final ServerConfig.Share address;
    private final List<Below> paths;
    private final ServerMetrics metrics;
    private final LogLimit lines = new LogLimit();
    private final Entries<Id> users = new Entries<>();
    private final Entries<InetAddress> addresses = new Entries<>();

    private RateTable(ServerConfig.Shares shares, ServerMetrics metrics) {
        this.user = shares.user();
        this.address = shares.address();
        this.metrics = metrics;
        long nowNanos = System.nanoTime();
        this.paths =
                shares.path().hasRates()
                        ? shares.prefixes().stream()
                                .map(prefix ->
                                        new Below(prefix, new Usage(shares.path(), nowNanos)))
                                .toList()
                        : List.of();
    }

    /** Null if nothing has such a limit. */
    static @Nullable RateTable of(ServerConfig.Shares shares, ServerMetrics metrics) {
        boolean any =
                shares.user().hasRates()
                        || shares.address().hasRates()
                        || shares.path().hasRates() && !shares.prefixes().isEmpty();
        return any ? new RateTable(shares, metrics) : null;
    }

    List<Below> paths() {
        return paths;
    }

    /** Counts one connection more; null if addresses have no limits. */
    @Nullable Usage of(InetAddress from) {
        return address.hasRates() ? addresses.hold(from, address) : null;
    }

    /** Counts one connection more; null if users have no limits. */
    @Nullable Usage of(Id who) {
        return user.hasRates() ? users.hold(who, user) : null;
    }

    void release(InetAddress from) {
        addresses.release(from);
    }

    void release(Id who) {
        users.release(who);
    }

    /** Requests were refused. */
    void refused(HostedClient client, int count) {
        metrics.throttledOps.add(count);
        if (lines.admits()) {
            LOG.warn(
                    "refusing requests of {}, {}: past a limit of requests or bytes per second{}",
                    client.principal(),
                    client.address(),
                    lines.untold());
        }
    }

    /** Entries by key. */
    private static final class Entries<K> {
        private final ConcurrentHashMap<K, Usage> byKey = new ConcurrentHashMap<>();
        private volatile int sweepAt = SWEPT_MIN;

        Usage hold(K key, ServerConfig.Share share) {
            if (byKey.size() >= sweepAt) {
                sweep();
            }
            Usage held =
                    byKey.compute(
                            key,
                            (same, known) -> {
                                Usage usage =
                                        known == null ? new Usage(share, System.nanoTime()) : known;
                                usage.holders++;
                                return usage;
                            });
            return held;
        }

        void release(K key) {
            byKey.computeIfPresent(
                    key,
                    (same, usage) -> {
                        usage.holders--;
                        return unlessIdle(usage);
                    });
        }

        private void sweep() {
            byKey.forEach(
                    (key, usage) -> byKey.computeIfPresent(key, (same, now) -> unlessIdle(now)));
            sweepAt = Math.max(SWEPT_MIN, 2 * byKey.size());
        }

        private static @Nullable Usage unlessIdle(Usage usage) {
            return usage.holders == 0 && usage.isUnused(System.nanoTime()) ? null : usage;
        }
    }
}
