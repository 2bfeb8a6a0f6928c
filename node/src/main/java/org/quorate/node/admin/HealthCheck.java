package org.quorate.node.admin;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.node.admin.Finding.Level;
import org.quorate.node.backup.BackupLog;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.History;
import org.quorate.node.metrics.Jvm;

/**
 * What is wrong with a server, as far as it knows itself (docs/findings). What only a comparison of
 * servers shows is found by {@code quorate status}. Any thread that may wait.
 */
final class HealthCheck {
    private static final double MEMORY_WARNING = 0.80;
    private static final double MEMORY_CRITICAL = 0.95;
    private static final double DISK_HOURS_WARNING = 24;
    private static final double DISK_HOURS_CRITICAL = 2;
    private static final long DISK_BYTES_CRITICAL = 256L << 20;
    private static final long SYNC_MICROS_WARNING = 100_000;
    private static final int LOST_PER_HOUR_WARNING = 3;
    private static final long BEHIND_WARNING = 5_000;
    private static final long EXPIRED_MIN = 10;
    private static final double EXPIRED_SHARE_WARNING = 0.2;
    private static final double QUEUE_SHARE_WARNING = 0.8;
    private static final double FILES_SHARE_WARNING = 0.8;
    private static final int CERTIFICATE_DAYS_NOTICE = 30;
    private static final int CERTIFICATE_DAYS_WARNING = 14;
    private static final int CERTIFICATE_DAYS_CRITICAL = 2;
    private static final long BACKUP_HOURS_WARNING = 48;
    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final long LOOK_BACK_MILLIS = TimeUnit.MINUTES.toMillis(10);

    /** An hour of the disk's filling is guessed from no less than this. */
    private static final long SLOPE_MILLIS_MIN = TimeUnit.MINUTES.toMillis(5);

    private final ServerView server;
    private final long nowMillis;
    private final List<Finding> findings = new ArrayList<>();
    private final List<History.Point> recent;
    private ServerView.@Nullable Leadership leads;
    private boolean coreAnswers = true;

    /**
     * @param nowMillis wall clock
     */
    HealthCheck(ServerView server, long nowMillis) {
        this.server = server;
        this.nowMillis = nowMillis;
        this.recent = server.insight().history().since(nowMillis - LOOK_BACK_MILLIS);
    }

    /** The findings, the worst first. To be asked for before what follows. */
    List<Finding> findings() {
        core();
        if (!server.isServing()) {
            boolean lone = server.config().quorum().standalone();
            add(
                    "not-serving",
                    Level.CRITICAL,
                    lone ? "The server does not serve." : "The server has no leader to follow.",
                    "See that a majority of the voters runs and that they reach each other's"
                            + " quorum and election ports.");
        }
        if (server.isReadOnly()) {
            add(
                    "read-only",
                    Level.CRITICAL,
                    "The server is cut off and serves reads only.",
                    "See that a majority of the voters runs and is reachable from here.");
        }
        damage();
        clock();
        certificates();
        if (coreAnswers) { // what is read off the tree may wait for the core
            memory();
        }
        descriptors();
        disk();
        backups();
        stability();
        load();
        digest();
        ensemble();
        findings.sort((a, b) -> b.level().compareTo(a.level()));
        return findings;
    }

    /** Whether the core has answered: if not, the tree cannot be read, either. */
    boolean coreAnswers() {
        return coreAnswers;
    }

    /** What the leader knows; null if this server is none, or its core does not answer. */
    ServerView.@Nullable Leadership leads() {
        return leads;
    }

    private void core() {
        try {
            leads = server.leadership();
            if (leads == null && server.isServing()) {
                server.hearCore();
            }
        } catch (IOException e) {
            coreAnswers = false;
            add(
                    "no-answer",
                    Level.CRITICAL,
                    "The core does not answer: " + e.getMessage() + ".",
                    "Take a thread dump (jstack) and restart the server.");
        }
    }

    private void add(String id, Level level, String says, String advice) {
        findings.add(new Finding(id, level, says, advice));
    }

    private void damage() {
        ServerView.Damage damage = server.damage();
        if (damage == null) {
            return;
        }
        boolean repaired = server.isServing();
        add(
                "damaged",
                repaired ? Level.NOTICE : Level.CRITICAL,
                "%s What was there lies in %s; %s"
                        .formatted(
                                damage.what(),
                                damage.where(),
                                repaired
                                        ? "the state has come from the leader since."
                                        : "this server has no vote before it has the state from a"
                                                + " leader."),
                repaired
                        ? "Look at the disk; remove that directory when it is not needed."
                        : "Nothing, while a majority of the voters is well. Else stop all, and put a"
                                + " whole data directory in the place of the damaged ones, as the"
                                + " finding's page says.");
    }

    private void clock() {
        long skewMillis = server.clockSkewMillis();
        if (Math.abs(skewMillis) > ServerView.CLOCK_SKEW_MILLIS_MAX) {
            add(
                    "clock-skew",
                    Level.WARNING,
                    "The clock here is %.1f s %s the leader's."
                            .formatted(
                                    Math.abs(skewMillis) / 1000.0,
                                    skewMillis > 0 ? "ahead of" : "behind"),
                    "Run a time service (chrony, ntpd); if all followers say it, the leader's clock"
                            + " is the wrong one.");
        }
    }

    private void certificates() {
        for (ServerView.Certificate certificate : server.certificates()) {
            long days = Math.floorDiv(certificate.endsMillis() - nowMillis, DAY_MILLIS);
            if (days >= CERTIFICATE_DAYS_NOTICE) {
                continue;
            }
            boolean over = certificate.endsMillis() <= nowMillis;
            Level level =
                    days < CERTIFICATE_DAYS_CRITICAL
                            ? Level.CRITICAL
                            : days < CERTIFICATE_DAYS_WARNING ? Level.WARNING : Level.NOTICE;
            add(
                    "certificate-expires",
                    level,
                    "The certificate for %s in %s %s %s."
                            .formatted(
                                    certificate.use(),
                                    certificate.file(),
                                    over ? "ended at" : "ends at",
                                    Instant.ofEpochMilli(certificate.endsMillis())),
                    "Put a new one into that file; with sslQuorumReloadCertFiles or"
                            + " client.certReload it is taken up at once, else by a restart.");
        }
    }

    private void memory() {
        long max = server.config().limits().treeBytesMax();
        long used = server.counts().memoryBytes();
        if (max != Long.MAX_VALUE && used >= max * MEMORY_WARNING) {
            add(
                    "memory-limit",
                    used >= max * MEMORY_CRITICAL ? Level.CRITICAL : Level.WARNING,
                    "The tree takes %d %% of its memory limit (%d of %d bytes)."
                            .formatted(100 * used / max, used, max),
                    "Delete what is not needed, or raise tree.memory.limit; past it writes that"
                            + " grow the tree are refused.");
        }
    }

    private void descriptors() {
        Jvm.Descriptors files = Jvm.descriptors();
        if (files.max() > 0 && files.open() >= files.max() * FILES_SHARE_WARNING) {
            add(
                    "file-descriptors",
                    Level.WARNING,
                    "%d of %d file descriptors are open.".formatted(files.open(), files.max()),
                    "Raise the limit of open files (LimitNOFILE), or find who opens so many"
                            + " connections.");
        }
    }

    private void disk() {
        History.@Nullable Point last = recent.isEmpty() ? null : recent.getLast();
        if (last == null) {
            return;
        }
        double hours = diskHoursLeft();
        boolean tight = last.diskFreeBytes() >= 0 && last.diskFreeBytes() < DISK_BYTES_CRITICAL;
        if (tight || hours < DISK_HOURS_WARNING) {
            add(
                    "disk-fills-up",
                    tight || hours < DISK_HOURS_CRITICAL ? Level.CRITICAL : Level.WARNING,
                    "%d MB of disk are left%s."
                            .formatted(
                                    last.diskFreeBytes() >> 20,
                                    hours < DISK_HOURS_WARNING
                                            ? ", enough for %.1f hours at the present rate"
                                                    .formatted(hours)
                                            : ""),
                    "Make room: see autopurge.snapRetainCount, and what else is on that disk."
                            + " On a full disk writes are refused.");
        }
        if (last.syncs().p99Micros() > SYNC_MICROS_WARNING) {
            add(
                    "slow-disk",
                    Level.WARNING,
                    "A sync of the log takes up to %d ms (p99 of the last seconds)."
                            .formatted(last.syncs().p99Micros() / 1000),
                    "Give dataLogDir a disk of its own; every write waits for it.");
        }
    }

    /** Nothing is said where none was ever made: perhaps another server's directory is kept. */
    private void backups() {
        List<BackupLog.Entry> made;
        try {
            made = BackupLog.read(server.config().directories().data());
        } catch (IOException e) {
            return; // The disk's other troubles are told.
        }
        if (made.isEmpty()) {
            return;
        }
        BackupLog.Entry last = made.getFirst();
        if (!last.isGood()) {
            add(
                    "backup-failed",
                    Level.WARNING,
                    "The backup of %s to %s failed: %s."
                            .formatted(
                                    Instant.ofEpochMilli(last.atMillis()), last.to(), last.error()),
                    "Mend what it says, and make one by hand: quorate backup create.");
            return;
        }
        long hours = (nowMillis - last.atMillis()) / TimeUnit.HOURS.toMillis(1);
        if (hours >= BACKUP_HOURS_WARNING) {
            add(
                    "backup-old",
                    Level.WARNING,
                    "The last backup of this server is %d hours old.".formatted(hours),
                    "See that quorate backup schedule, or the timer that makes them, runs.");
        }
    }

    /** At the rate of the last minutes; infinite if it does not fill. */
    double diskHoursLeft() {
        if (recent.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        History.Point first = recent.getFirst();
        History.Point last = recent.getLast();
        long millis = last.wallMillis() - first.wallMillis();
        long gone = first.diskFreeBytes() - last.diskFreeBytes();
        return millis < SLOPE_MILLIS_MIN || gone <= 0
                ? Double.POSITIVE_INFINITY
                : (double) last.diskFreeBytes() / gone * millis / TimeUnit.HOURS.toMillis(1);
    }

    private void stability() {
        int lost = server.insight().roles().lostSince(nowMillis - TimeUnit.HOURS.toMillis(1));
        if (lost >= LOST_PER_HOUR_WARNING) {
            add(
                    "leader-unstable",
                    Level.WARNING,
                    "This server lost its leader, or its leadership, %d times in the last hour."
                            .formatted(lost),
                    "The command leader_history tells the reasons; look for slow disks, pauses"
                            + " and cut networks.");
        }
        if (!coreAnswers) {
            return;
        }
        long expired = recent.stream().mapToLong(History.Point::expired).sum();
        if (expired >= EXPIRED_MIN
                && expired >= server.counts().globalSessions() * EXPIRED_SHARE_WARNING) {
            add(
                    "sessions-expire",
                    Level.WARNING,
                    "%d sessions expired in the last ten minutes; %d are there now. Causes since the start: %s."
                            .formatted(expired, server.counts().globalSessions(), causes()),
                    "See whether clients pause (garbage collection), die, or cannot reach the"
                            + " servers; the finding's page tells what each cause points at.");
        }
    }

    private String causes() {
        StringJoiner causes = new StringJoiner(", ");
        server.metrics()
                .sessionsExpiredByCause
                .forEach((cause, count) -> causes.add(cause + " " + count.value()));
        return causes.length() == 0 ? "not known" : causes.toString();
    }

    private void load() {
        int max = server.config().limits().outstandingRequestsMax();
        long under = recent.isEmpty() ? 0 : recent.getLast().outstanding();
        if (under >= max * QUEUE_SHARE_WARNING) {
            add(
                    "overloaded",
                    Level.WARNING,
                    "%d requests are under way, of at most %d.".formatted(under, max),
                    "The commands stages and hot_paths tell what takes long and who asks.");
        }
    }

    private void digest() {
        if (server.metrics().digestMismatches.value() > 0) {
            add(
                    "digest-differs",
                    Level.CRITICAL,
                    "A transaction left this server's tree unlike the leader's.",
                    "Stop this server, move its data away, and let it take the state from the"
                            + " leader; report it.");
        }
    }

    private void ensemble() {
        ServerConfig.Quorum quorum = server.config().quorum();
        int voters = server.members().voters().size();
        if (quorum.standalone() || server.members().isHierarchical()) {
            return;
        }
        if (voters % 2 == 0) {
            add(
                    "even-voters",
                    Level.NOTICE,
                    "There are %d voters: they survive no more failures than %d."
                            .formatted(voters, voters - 1),
                    "Add a voter, or make one an observer.");
        }
        if (leads != null) {
            learners(leads, voters);
        }
    }

    private void learners(ServerView.Leadership leads, int voters) {
        int synced = leads.syncedFollowers() - leads.syncedNonVotingFollowers();
        int margin = synced + 1 - (voters / 2 + 1);
        if (synced + 1 < voters) {
            add(
                    "member-missing",
                    Level.WARNING,
                    "%d of %d voters are in sync; %d more may fail."
                            .formatted(synced + 1, voters, margin),
                    "Find the missing one with quorate status, and start it.");
        }
        if (margin == 0 && voters > 2) {
            add(
                    "no-margin",
                    Level.WARNING,
                    "If one more voter fails, nothing can be written.",
                    "Bring the missing voters back before anything else is stopped.");
        }
        for (ServerView.Learner learner : leads.all()) {
            if (learner.active() && learner.behind() >= BEHIND_WARNING) {
                add(
                        "member-lags",
                        Level.WARNING,
                        "Server %d is %d proposals behind."
                                .formatted(learner.serverId(), learner.behind()),
                        "Look at its disk and its network; its clients read old data.");
            }
        }
    }
}
