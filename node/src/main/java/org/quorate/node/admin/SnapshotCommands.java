package org.quorate.node.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.http.HttpExchange;
import org.quorate.node.metrics.ServerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands snapshot and restore: the two that carry data, need permission and are limited in
 * rate (reference: administration §3). Any thread that may wait.
 */
final class SnapshotCommands {
    static final String SNAPSHOT = "snapshot";
    static final String RESTORE = "restore";

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCommands.class);

    private final ServerView server;
    private final RootAccess access;
    private final RateLimit snapshots;
    private final RateLimit restores;

    SnapshotCommands(ServerView server, RootAccess access, LongSupplier nowNanos) {
        this.server = server;
        this.access = access;
        long interval = server.config().admin().rateLimitMillis();
        this.snapshots = new RateLimit(interval, nowNanos);
        this.restores = new RateLimit(interval, nowNanos);
    }

    /**
     * Answers with the bytes of a new snapshot file, or without them if {@code streaming=false}.
     *
     * @return null if the answer has been sent; else what to send
     */
    @Nullable Reply snapshot(HttpExchange exchange) throws IOException {
        Reply refused = refuse(SNAPSHOT, exchange);
        if (refused != null) {
            return refused;
        }
        ServerConfig.Admin config = server.config().admin();
        ServerMetrics metrics = server.metrics();
        if (!config.snapshotEnabled()) {
            return Reply.error(SNAPSHOT, "Snapshot command is disabled", 503);
        }
        if (!snapshots.allow()) {
            metrics.snapshotsRateLimited.increment();
            return Reply.error(SNAPSHOT, "Snapshot request was rate limited", 429);
        }
        ServerView.SnapshotFile taken;
        try {
            taken = server.takeSnapshot();
        } catch (IOException e) {
            LOG.warn("snapshot over HTTP failed: {}", e.getMessage());
            metrics.snapshotErrors.increment();
            return Reply.error(SNAPSHOT, "the snapshot failed: " + e.getMessage(), 500);
        }
        exchange.addHeader("last_zxid", Text.hex(taken.zxid()));
        exchange.addHeader("snapshot_size", String.valueOf(Files.size(taken.file())));
        if (exchange.query().getOrDefault("streaming", "true").equalsIgnoreCase("false")) {
            Reply reply = new Reply();
            reply.finish(SNAPSHOT, null);
            return reply;
        }
        try (OutputStream out = exchange.stream(200, "application/octet-stream")) {
            Files.copy(taken.file(), out);
        }
        return null;
    }

    /** Replaces the state by the snapshot in the request's body. */
    Reply restore(HttpExchange exchange) throws IOException {
        Reply refused = refuse(RESTORE, exchange);
        if (refused != null) {
            return refused;
        }
        ServerMetrics metrics = server.metrics();
        if (!server.config().admin().restoreEnabled()) {
            return Reply.error(RESTORE, "Restore command is disabled", 503);
        }
        if (!restores.allow()) {
            metrics.restoresRateLimited.increment();
            return Reply.error(RESTORE, "Restore request was rate limited", 429);
        }
        long startNanos = System.nanoTime();
        try {
            long zxid = server.restore(exchange.body());
            metrics.restoreTime.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            Reply reply = new Reply().put("last_zxid", zxid);
            reply.finish(RESTORE, null);
            return reply;
        } catch (IOException e) {
            LOG.warn("restore over HTTP failed: {}", e.getMessage());
            metrics.restoreErrors.increment();
            return Reply.error(RESTORE, "the restore failed: " + e.getMessage(), 500);
        }
    }

    private @Nullable Reply refuse(String command, HttpExchange exchange) throws IOException {
        if (!server.isServing()) {
            return Reply.error(command, Words.NOT_SERVING, 200);
        }
        RootAccess.Verdict verdict =
                access.check(exchange.header("Authorization"), exchange.remote().getAddress());
        return verdict == RootAccess.Verdict.GRANTED
                ? null
                : Reply.error(command, verdict.error, verdict.status);
    }
}
