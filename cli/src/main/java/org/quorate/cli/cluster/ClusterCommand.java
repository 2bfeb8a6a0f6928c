package org.quorate.cli.cluster;

import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.shard.ShardAdmin;
import org.quorate.cluster.shard.Shards;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code quorate cluster …}: members, leaders and shards of one database, and what to do there. */
@Command(
        name = "cluster",
        description = "Look at a database's members and shards, and change where they are.",
        footer = {"", "Exit codes: 0 done, 1 it could not be done, 2 wrong use."},
        mixinStandardHelpOptions = true)
public final class ClusterCommand implements Runnable {
    private static final Duration SESSION = Duration.ofSeconds(10);

    @Option(
            names = {"-c", "--connect"},
            paramLabel = "HOST:PORT,…",
            scope = ScopeType.INHERIT,
            description = "Servers (127.0.0.1:2181).")
    private String connect = "127.0.0.1:2181";

    @Option(
            names = {"-r", "--root"},
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            description = "Where the database keeps its cluster (/db).")
    private String root = "/db";

    /** Made by the program. */
    public ClusterCommand() {}

    /** Without a command: how to use it. */
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** What a command does. */
    private interface Work {
        void with(ShardAdmin admin, Report report)
                throws CoordinationException, InterruptedException;
    }

    private int does(Work work) throws CoordinationException, InterruptedException {
        PrintStream out = System.out;
        try (Coordinator coordinator = Coordinator.connect(connect, SESSION)) {
            work.with(Shards.admin(coordinator, root), new Report(out));
        } catch (IllegalArgumentException | IllegalStateException refused) {
            System.err.println("quorate: " + refused.getMessage());
            return 1;
        }
        return 0;
    }

    @Command(
            name = "members",
            mixinStandardHelpOptions = true,
            description = "Who is there, and what each holds and leads.")
    int members() throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.members(admin.survey()));
    }

    @Command(
            name = "leaders",
            mixinStandardHelpOptions = true,
            description = "How many shards each node leads, by table.")
    int leaders() throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.leaders(admin.survey()));
    }

    @Command(
            name = "shards",
            mixinStandardHelpOptions = true,
            description = "Where each shard of a table is.")
    int shards(@Parameters(paramLabel = "TABLE") String table)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            report.shards(admin.survey(), table);
            admin.pending(table).forEach(wish -> report.line("pending: " + wish));
        });
    }

    @Command(
            name = "heat",
            mixinStandardHelpOptions = true,
            description = "How full each zone's nodes are: replicas and leaders.")
    int heat() throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.heat(admin.survey()));
    }

    @Command(
            name = "history",
            mixinStandardHelpOptions = true,
            description = "What happened to a shard, and why.")
    int history(
            @Parameters(paramLabel = "TABLE") String table,
            @Parameters(paramLabel = "SHARD") int shard)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.history(admin.history(new ShardId(table, shard))));
    }

    @Command(
            name = "why",
            mixinStandardHelpOptions = true,
            description = "Why a shard is where it is, and why it is not moving.")
    int why(
            @Parameters(paramLabel = "TABLE") String table,
            @Parameters(paramLabel = "SHARD") int shard)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.why(admin.why(new ShardId(table, shard))));
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description = "What would move if NODE were taken out now; nothing is done.")
    int plan(@Parameters(paramLabel = "NODE") String node)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.plan(admin.preview(ShardAdmin.Change.remove(node))));
    }

    @Command(
            name = "drain",
            mixinStandardHelpOptions = true,
            description = "Empty a node, leaders first; it keeps running.")
    int drain(
            @Parameters(paramLabel = "NODE") String node,
            @Option(names = "--undo", description = "Let it be given shards again.") boolean undo)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            if (!admin.survey().members().containsKey(node)) {
                throw new IllegalArgumentException("there is no member " + node);
            }
            admin.drain(node, !undo);
            report.line(undo ? node + " may have shards again" : node + " is being emptied");
        });
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Say that a node that is gone will not come back: its data is made anew.")
    int remove(@Parameters(paramLabel = "NODE") String node)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            admin.remove(node);
            report.line(node + " will not be waited for");
        });
    }

    @Command(
            name = "advice",
            mixinStandardHelpOptions = true,
            description = "Which shards had better be split: heavier than their limit, or a node.")
    int advice() throws CoordinationException, InterruptedException {
        return does((admin, report) -> report.advice(admin.advice()));
    }

    @Command(
            name = "split",
            mixinStandardHelpOptions = true,
            description = "Cut a shard in two while it is used, in the middle or at a key.")
    int split(
            @Parameters(paramLabel = "TABLE") String table,
            @Parameters(paramLabel = "SHARD") int shard,
            @Option(
                            names = "--at",
                            paramLabel = "KEY",
                            description = "First key of the second one, for ordered keys.")
                    @Nullable String at)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            ShardId id = new ShardId(table, shard);
            if (at == null) {
                admin.split(id);
            } else {
                admin.split(id, Bytes.utf8(at));
            }
            report.line(id + " is to be split");
        });
    }

    @Command(
            name = "merge",
            mixinStandardHelpOptions = true,
            description = "Make one shard of two while they are used.")
    int merge(
            @Parameters(paramLabel = "TABLE") String table,
            @Parameters(paramLabel = "INTO") int into,
            @Parameters(paramLabel = "FROM") int from)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            admin.merge(new ShardId(table, into), new ShardId(table, from));
            report.line("%s/%d and %s/%d are to be merged".formatted(table, into, table, from));
        });
    }

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Maintenance: nothing is copied; lost leaders are replaced all the same.")
    int pause(@Option(names = "--end", description = "End it.") boolean end)
            throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            admin.pause(!end);
            report.line(end ? "copies go on" : "nothing is copied until pause --end");
        });
    }

    @Command(
            name = "proceed",
            mixinStandardHelpOptions = true,
            description = "Let copies begin in spite of a mass loss.")
    int proceed() throws CoordinationException, InterruptedException {
        return does((admin, report) -> {
            admin.proceed();
            report.line("copies may begin");
        });
    }
}
