package org.quorate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.cluster.ShardConsole;
import org.quorate.cli.progress.TerminalProgress;
import org.quorate.log.StoreException;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.OpenDoors;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;
import org.quorate.node.host.Surroundings;
import org.quorate.protocol.peer.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code quorate serve}: one server in the foreground. SIGTERM and SIGINT stop it cleanly; exit
 * codes are ZooKeeper's where it has one for the case (docs/running.md).
 */
@Command(
        name = "serve",
        description = "Run a server in the foreground, until SIGTERM or Ctrl-C.",
        footer = {
            "",
            "Without an argument: alone, on 127.0.0.1:2181, data in ./quorate-data.",
            "With a zoo.cfg: as it says. -D options reach the server: -Dzookeeper.snapCount=1000.",
            "Exit codes: 0 stopped, 1 failed, 2 wrong configuration, 3 data directory, 14 port."
        },
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    /** It was stopped by a signal, cleanly. */
    public static final int STOPPED = 0;

    /** It failed, at its start or later. */
    public static final int FAILED = 1;

    /** The configuration is not legal. */
    public static final int WRONG_CONFIG = 2;

    /** The data directory is damaged, locked, not writable or of a newer format. */
    public static final int DATA_DIR = 3;

    /** A port cannot be had. */
    public static final int PORT = 14;

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final Path DATA_DIR_DEFAULT = Path.of("quorate-data");

    /** Port, data directory, tick and connections. */
    static final int ARGUMENTS_MAX = 4;

    @Parameters(
            arity = "0.." + ARGUMENTS_MAX,
            paramLabel = "zoo.cfg",
            description =
                    "A configuration; or, as ZooKeeper takes it: port datadir [ticktime"
                            + " [maxcnxns]].")
    private List<String> arguments = new ArrayList<>();

    /** With these arguments, read by nobody else. */
    static ServeCommand of(List<String> arguments) {
        ServeCommand command = new ServeCommand();
        command.arguments = List.copyOf(arguments);
        return command;
    }

    @Override
    public Integer call() throws InterruptedException {
        Server server;
        ShardConsole shards = new ShardConsole();
        try {
            ServerConfig config = config();
            List<String> open = OpenDoors.of(config);
            if (!open.isEmpty()) {
                LOG.warn("open, as configured:\n- {}", String.join("\n- ", open));
            }
            server =
                    Server.start(
                            config,
                            ServeCommand::dies,
                            new Surroundings(
                                    shards, new LogbackLevels(), TerminalProgress.orLogged()));
        } catch (ConfigException e) {
            return refuse(e, WRONG_CONFIG);
        } catch (StartException e) {
            return refuse(e, exitCode(e));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "quorate-stop"));
        String local = localAddress(server);
        if (local != null) {
            shards.connectsTo(local);
        }
        LOG.info("{}", howToConnect(server));
        server.awaitClosed();
        return server.failure() == null ? STOPPED : FAILED;
    }

    private ServerConfig config() throws ConfigException {
        return arguments.isEmpty()
                ? ZooCfg.embedded(DATA_DIR_DEFAULT, System.getProperties(), LOG::warn)
                : ZooCfg.fromArguments(arguments, System.getProperties(), LOG::warn);
    }

    /** Says on standard error why nothing is started. */
    public static int refuse(Exception why, int exitCode) {
        System.err.println("quorate: " + why.getMessage());
        return exitCode;
    }

    /** The exit code for a server that cannot start. */
    public static int exitCode(StartException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException) {
                return DATA_DIR;
            }
        }
        return String.valueOf(e.getMessage()).startsWith("cannot listen on ") ? PORT : FAILED;
    }

    /** Where this machine's plain clients reach it; null if nowhere. */
    private static @Nullable String localAddress(Server server) {
        Endpoint plain = server.config().ports().plain();
        String host = plain == null || plain.isWildcard() ? "127.0.0.1" : plain.host();
        return server.clientPort() < 0 ? null : new Endpoint(host, server.clientPort()).toString();
    }

    /** One line for whoever started it by hand. */
    private static String howToConnect(Server server) {
        StringBuilder line = new StringBuilder("serving; ");
        String local = localAddress(server);
        if (local != null) {
            line.append("connect with: quorate shell ").append(local);
        }
        if (server.admin().adminPort() >= 0) {
            Endpoint admin = server.config().admin().address();
            String adminHost = admin.isWildcard() ? "127.0.0.1" : admin.host();
            var tls = server.config().admin().tls();
            String at =
                    (tls != null && !tls.plainToo() ? "https://" : "http://")
                            + new Endpoint(adminHost, server.admin().adminPort());
            line.append("; console at ").append(at).append("/console/");
            line.append("; admin commands at ")
                    .append(at)
                    .append(server.config().admin().commandUrl());
        }
        return line.toString();
    }

    /** The JVM would end with 143 behind a clean stop; 0 says what is true. */
    private static void stop(Server server) {
        server.close();
        LOG.info("stopped");
        Runtime.getRuntime().halt(server.failure() == null ? STOPPED : FAILED);
    }

    /** The server cannot go on: nothing it could still do is worth a wrong answer. */
    private static void dies(String what, Throwable why) {
        System.err.println("quorate: " + what + ": " + why);
        Runtime.getRuntime().halt(FAILED);
    }
}
