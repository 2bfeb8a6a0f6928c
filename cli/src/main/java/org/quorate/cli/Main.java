package org.quorate.cli;

import org.jspecify.annotations.Nullable;
import org.quorate.cli.backup.BackupCommand;
import org.quorate.cli.capacity.CapacityCommand;
import org.quorate.cli.cluster.ClusterCommand;
import org.quorate.cli.ensemble.EnsembleCommand;
import org.quorate.cli.files.LogCommand;
import org.quorate.cli.files.SnapshotCommand;
import org.quorate.cli.shell.ShellCommand;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.util.Arrays;

/** The program {@code quorate}: finds the command and runs it. */
@Command(
        name = "quorate",
        description = "A coordination service that is ZooKeeper to its users.",
        subcommands = {
            ServeCommand.class,
            EnsembleCommand.class,
            StatusCommand.class,
            ShellCommand.class,
            ClusterCommand.class,
            LogCommand.class,
            SnapshotCommand.class,
            BackupCommand.class,
            TrainCommand.class,
            SimulateCommand.class,
            CapacityCommand.class,
            LogLevelCommand.class,
            PasswordCommand.class,
            SecurityCommand.class,
            VersionCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class)
public final class Main implements Runnable {
    private Main() {}

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        LogLevel.choose(arguments);
        CommandLine server = serverAlone(arguments);
        System.exit(
                server == null
                        ? commandLine().execute(arguments)
                        : server.execute(Arrays.copyOfRange(arguments, 1, arguments.length)));
    }

    /**
     * The command alone, where a server is all that is asked for: the others bring more than a
     * thousand classes that its start would wait for and its memory hold. Null for anything else,
     * help too.
     */
    private static @Nullable CommandLine serverAlone(String[] arguments) {
        boolean plain = Arrays.stream(arguments).noneMatch(argument -> argument.startsWith("-"));
        if (arguments.length == 0 || !plain) {
            return null;
        }
        Object command =
                switch (arguments[0]) {
                    case "serve" -> new ServeCommand();
                    case "train" -> new TrainCommand();
                    default -> null;
                };
        return command == null
                ? null
                : new CommandLine(command).setExecutionExceptionHandler(Main::failed);
    }

    /** The commands, for tests too. */
    static CommandLine commandLine() {
        CommandLine all = new CommandLine(new Main()).setExecutionExceptionHandler(Main::failed);
        // What follows a command of the shell is the command's, options too.
        CommandLine shell = all.getSubcommands().get("shell");
        if (shell != null) {
            shell.setStopAtPositional(true);
        }
        return all;
    }

    /** Without a command: how to use it. */
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        System.err.println("quorate: " + ErrorLine.of(e));
        if (Boolean.getBoolean("quorate.trace")) {
            e.printStackTrace();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
