package org.quorate.node.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.Secrets;
import org.quorate.node.config.ServerConfig;
import org.quorate.protocol.peer.Member;

/**
 * The commands of ZooKeeper's AdminServer that answer with JSON, all but snapshot and restore
 * (reference: administration §3). Any thread that may wait.
 */
final class Commands {
    private final ServerView server;
    private final Monitor monitor;
    private final TraceMask traceMask;
    private final SortedMap<String, Command> commands = new TreeMap<>();
    private final Map<String, Command> byAnyName = new HashMap<>();

    Commands(ServerView server, Monitor monitor, TraceMask traceMask, LogLevels logs) {
        this.server = server;
        this.monitor = monitor;
        this.traceMask = traceMask;
        StatCommands stats = new StatCommands(server);
        EnsembleCommands ensemble = new EnsembleCommands(server);
        serving("configuration", arguments -> configuration(), "conf", "config");
        serving("connections", arguments -> stats.connections(), "cons");
        serving("connection_stat_reset", arguments -> resetConnections(), "crst");
        serving("dirs", arguments -> dirs());
        serving("dump", arguments -> dump());
        always("environment", arguments -> environment(), "env", "envi");
        always("get_trace_mask", arguments -> traceMask(), "gtmk");
        serving("hash", arguments -> hash());
        always("initial_configuration", arguments -> initialConfiguration(), "icfg");
        serving("is_read_only", arguments -> readOnly(), "isro");
        serving("last_snapshot", arguments -> lastSnapshot(), "lsnp");
        always("leader", arguments -> ensemble.leader(), "lead");
        serving("monitor", arguments -> monitor(), "mntr");
        serving("observer_connection_stat_reset", arguments -> new Reply(), "orst");
        serving("observers", arguments -> ensemble.observers(), "obsr");
        serving("ruok", arguments -> new Reply());
        serving("server_stats", arguments -> stats.serverStats(), "srvr");
        always("set_trace_mask", this::setTraceMask, "stmk");
        serving("stat_reset", arguments -> resetStats(), "srst");
        serving("stats", arguments -> stats.stats(), "stat");
        always("system_properties", arguments -> systemProperties(), "sysp");
        always("voting_view", arguments -> ensemble.votingView());
        serving("watch_summary", arguments -> watchSummary(), "wchs");
        serving("watches", arguments -> watches(), "wchc");
        serving("watches_by_path", arguments -> watchesByPath(), "wchp");
        always("zabstate", arguments -> ensemble.zabState());
        HealthCommand health = new HealthCommand(server);
        always("health", arguments -> health.health());
        InsightCommands insight = new InsightCommands(server.insight());
        always("stages", arguments -> insight.stages());
        always("slow_operations", insight::slowOperations);
        always("hot_paths", insight::hotPaths);
        always("leader_history", insight::leaderHistory);
        always("history", insight::history);
        BackupCommands backups = new BackupCommands(server.config().directories().data());
        always("backups", arguments -> backups.backups());
        always("log_levels", arguments -> new Reply().put("log_levels", logs.all()));
    }

    /** Primary names, sorted. */
    List<String> names() {
        return new ArrayList<>(commands.keySet());
    }

    /** By a primary name or an alias. */
    @Nullable Command find(String name) {
        return byAnyName.get(name);
    }

    /** Runs a command; whatever goes wrong is in the answer. */
    Reply run(Command command, Map<String, String> arguments) {
        if (command.needsServing() && !server.isServing()) {
            return Reply.error(command.name(), Words.NOT_SERVING, 200);
        }
        try {
            Reply reply = command.runner().run(arguments);
            reply.finish(command.name(), null);
            return reply;
        } catch (IOException e) {
            return Reply.error(command.name(), Words.NOT_SERVING, 200);
        }
    }

    private void serving(String name, Command.Runner runner, String... aliases) {
        add(new Command(name, List.of(aliases), true, runner));
    }

    private void always(String name, Command.Runner runner, String... aliases) {
        add(new Command(name, List.of(aliases), false, runner));
    }

    private void add(Command command) {
        commands.put(command.name(), command);
        byAnyName.put(command.name(), command);
        command.aliases().forEach(alias -> byAnyName.put(alias, command));
    }

    private Reply configuration() {
        ServerConfig config = server.config();
        Reply reply = new Reply().put("client_port", server.clientPort());
        if (config.ports().secure() != null) {
            reply.put("secure_client_port", config.ports().secure().port());
        }
        reply.put("data_dir", Directories.versioned(config.directories().data()).toString())
                .put("data_log_dir", Directories.versioned(config.directories().log()).toString())
                .put("tick_time", config.timing().tickMillis())
                .put("max_client_cnxns", config.limits().connectionsPerAddressMax())
                .put("min_session_timeout", config.timing().minSessionTimeoutMillis())
                .put("max_session_timeout", config.timing().maxSessionTimeoutMillis())
                .put("server_id", config.serverId())
                .put("client_port_listen_backlog", config.ports().backlog());
        Member self = config.self();
        if (!config.quorum().standalone() && self != null) {
            Member.Address address = self.addresses().get(0);
            reply.put("init_limit", config.quorum().initLimitTicks())
                    .put("sync_limit", config.quorum().syncLimitTicks())
                    .put("election_alg", 3)
                    .put("election_port", address.electionPort())
                    .put("quorum_port", address.quorumPort())
                    .put("peer_type", config.quorum().observer() ? 1 : 0);
        }
        return reply;
    }

    private Reply resetConnections() throws IOException {
        server.resetConnections();
        return new Reply();
    }

    private Reply resetStats() throws IOException {
        server.resetTraffic();
        server.metrics().reset();
        return new Reply();
    }

    private Reply dirs() {
        ServerConfig.Directories dirs = server.config().directories();
        return new Reply()
                .put("datadir_size", Directories.bytes(dirs.data()))
                .put("logdir_size", Directories.bytes(dirs.log()));
    }

    private Reply dump() throws IOException {
        ServerView.Sessions sessions = server.sessions();
        return new Reply()
                .put("expiry_time_to_session_ids", sessions.expiries())
                .put("session_id_to_ephemeral_paths", sessions.ephemerals());
    }

    private static Reply environment() {
        Reply reply = new Reply();
        Environment.entries().forEach(reply::put);
        return reply;
    }

    private Reply systemProperties() {
        SortedMap<String, Object> properties = new TreeMap<>(server.config().properties());
        for (String name : System.getProperties().stringPropertyNames()) {
            properties.putIfAbsent(name, System.getProperty(name, ""));
        }
        Reply reply = new Reply();
        properties.forEach(
                (name, value) -> reply.put(name, Secrets.shown(name, String.valueOf(value))));
        return reply;
    }

    private Reply traceMask() {
        return new Reply().put("tracemask", traceMask.get());
    }

    private Reply setTraceMask(Map<String, String> arguments) {
        String mask = arguments.get("traceMask");
        if (mask == null) {
            return new Reply().fail("setTraceMask requires long traceMask argument");
        }
        try {
            traceMask.set(Long.parseLong(mask));
        } catch (NumberFormatException e) {
            return new Reply()
                    .fail("setTraceMask requires long traceMask argument, got %s".formatted(mask));
        }
        return traceMask();
    }

    private Reply hash() throws IOException {
        List<Map<String, Object>> digests = new ArrayList<>();
        for (ServerView.Digest digest : server.digests()) {
            Map<String, Object> fields = new java.util.LinkedHashMap<>();
            fields.put("zxid", digest.zxid());
            fields.put("digest", digest.digest());
            fields.put("digest_version", 2);
            digests.add(fields);
        }
        return new Reply().put("digests", digests);
    }

    private Reply initialConfiguration() {
        String text = server.config().fileText();
        // ZooKeeper knows the text of a standalone server's file only.
        boolean known = server.config().quorum().standalone() && !text.isEmpty();
        return new Reply().put("initial_configuration", known ? Secrets.shown(text) : null);
    }

    private Reply readOnly() {
        return new Reply().put("read_only", server.isReadOnly());
    }

    private Reply lastSnapshot() {
        ServerView.SnapshotFile last = server.lastSnapshot();
        long zxid = last == null ? -1 : last.zxid();
        return new Reply()
                .put("zxid", Long.toHexString(zxid))
                .put("timestamp", last == null ? -1 : last.writtenMillis() / 1000);
    }

    private Reply monitor() throws IOException {
        Reply reply = new Reply();
        monitor.forEach(reply::put);
        return reply;
    }

    private Reply watchSummary() throws IOException {
        Watches watches = Watches.of(server);
        return new Reply()
                .put("num_connections", watches.connections())
                .put("num_paths", watches.paths())
                .put("num_total_watches", watches.total());
    }

    private Reply watches() throws IOException {
        return new Reply()
                .put(
                        "session_id_to_watched_paths",
                        Collections.unmodifiableSortedMap(Watches.of(server).bySession()));
    }

    private Reply watchesByPath() throws IOException {
        return new Reply().put("path_to_session_ids", Watches.of(server).byPath());
    }
}
