package org.quorate.cli;

import java.util.List;
import java.util.concurrent.Callable;
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
        Callable<Integer> server = serverAlone(List.of(arguments));
        System.exit(server == null ? commandLine().execute(arguments) : run(server));
    }

    /**
     * What is called where a server is all that is asked for, without options: the other commands
     * and what reads them bring a thousand classes, which its start would wait for and its memory
     * hold. Null for anything else.
     */
    static @Nullable Callable<Integer> serverAlone(List<String> arguments) {
        if (arguments.isEmpty() || arguments.stream().anyMatch(Main::isOption)) {
            return null;
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case "serve" -> rest.size() > ServeCommand.ARGUMENTS_MAX ? null : ServeCommand.of(rest);
            case "train" -> rest.isEmpty() ? new TrainCommand() : null;
            default -> null;
        };
    }

    /** Or a file with arguments. */
    private static boolean isOption(String word) {
        return word.startsWith("-") || word.startsWith("@");
    }

    private static int run(Callable<Integer> command) {
        try {
            return command.call();
        } catch (Exception e) {
            return failed(e);
        }
    }

    /** The commands, for tests too. */
    static CommandLine commandLine() {
        CommandLine all =
                new CommandLine(new Main())
                        .setExecutionExceptionHandler((e, command, parsed) -> failed(e));
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

    private static int failed(Exception e) {
        System.err.println("quorate: " + ErrorLine.of(e));
        if (Boolean.getBoolean("quorate.trace")) {
            e.printStackTrace();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
