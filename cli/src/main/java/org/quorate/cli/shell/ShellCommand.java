package org.quorate.cli.shell;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code quorate shell}: a person at a terminal, a script on standard input, or one command on the
 * command line.
 */
@CommandLine.Command(
        name = "shell",
        description = "Talk to a server with zkCli's commands ('help' lists them).",
        footer = {
            "",
            "Without a command: a prompt on a terminal, else one command a line from standard input.",
            "Exit codes: 0 done, 1 the command failed, 2 wrong use, 3 no connection."
        },
        mixinStandardHelpOptions = true)
public final class ShellCommand implements Callable<Integer> {
    private static final String SERVER_DEFAULT = "127.0.0.1:2181";
    private static final int TIMEOUT_MILLIS_DEFAULT = 30_000;

    @Spec private CommandSpec spec;

    @Option(
            names = {"-server", "--server"},
            paramLabel = "HOST:PORT",
            description = "Servers, separated by commas, with an optional /chroot behind.")
    private @Nullable String server;

    @Option(
            names = {"-timeout", "--timeout"},
            paramLabel = "MS",
            description = "Session timeout and how long to wait for the connection (30000).")
    private int timeoutMillis = TIMEOUT_MILLIS_DEFAULT;

    @Option(
            names = {"-r", "--read-only"},
            description = "Be content with a server that is cut off from its quorum.")
    private boolean readOnly;

    @Option(
            names = {"-waitforconnection", "--wait-for-connection"},
            description =
                    "Wait for the connection before the first command (always so unless there"
                            + " is a terminal).")
    private boolean waitForConnection;

    @Option(
            names = {"-client-configuration", "--client-configuration"},
            paramLabel = "FILE",
            description = "Properties of ZooKeeper's client, for TLS and the like.")
    private @Nullable Path clientConfiguration;

    @Option(names = "--json", description = "One JSON value a line.")
    private boolean json;

    @Parameters(
            paramLabel = "[HOST:PORT] [COMMAND [ARGUMENT...]]",
            arity = "0..*",
            description = "The server (127.0.0.1:2181), and a command to run.")
    private List<String> words = new ArrayList<>();

    /** For picocli, which fills the fields in. */
    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    public ShellCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(words);
        String connectString = server;
        if (connectString == null && !command.isEmpty() && command.get(0).contains(":")) {
            connectString = command.remove(0);
        }
        if (connectString == null) {
            connectString = SERVER_DEFAULT;
        }
        boolean interactive = command.isEmpty() && isTerminal();
        boolean colours = interactive && System.getenv("NO_COLOR") == null;
        Printer printer = new Printer(System.out, System.err, json, interactive, colours);
        ZKClientConfig config = clientConfig();
        try (Session session =
                new Session(printer, connectString, timeoutMillis, readOnly, config)) {
            return run(session, printer, command, interactive);
        }
    }

    private int run(Session session, Printer printer, List<String> command, boolean interactive)
            throws IOException, InterruptedException {
        Interpreter interpreter = new Interpreter(session, printer);
        try {
            printer.note("Connecting to " + session.connectString());
            session.connect(session.connectString());
            if (!interactive || waitForConnection) {
                session.awaitConnected();
            }
        } catch (Failure e) {
            printer.failure(e);
            return e.exitCode();
        }
        if (!command.isEmpty()) {
            return interpreter.run(command);
        }
        if (interactive) {
            new Terminal(interpreter, session).run();
            return 0;
        }
        return script(interpreter, session);
    }

    /** Runs all lines; the exit code is the first failure's. */
    private static int script(Interpreter interpreter, Session session)
            throws IOException, InterruptedException {
        int exitCode = 0;
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !session.isQuitting()) {
            int code = interpreter.line(line);
            exitCode = exitCode == 0 ? code : exitCode;
            line = lines.readLine();
        }
        return exitCode;
    }

    @SuppressWarnings("SystemConsoleNull") // null where the JDK's module behind it is missing
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private ZKClientConfig clientConfig() {
        if (clientConfiguration == null) {
            return new ZKClientConfig();
        }
        try {
            return new ZKClientConfig(clientConfiguration);
        } catch (ConfigException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "cannot read %s: %s".formatted(clientConfiguration, e.getMessage()));
        }
    }
}
