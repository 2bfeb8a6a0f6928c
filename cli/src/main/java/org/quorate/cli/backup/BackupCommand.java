package org.quorate.cli.backup;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quorate backup}: makes backups, proves them, keeps them in order, puts them back. */
@Command(
        name = "backup",
        description = "Keep copies of a data directory, prove them, put them back.",
        footer = {"", "Exit codes: 0 done, 1 it cannot be done or is damaged, 2 wrong use."},
        subcommands = {
            CreateCommand.class,
            ListCommand.class,
            VerifyCommand.class,
            RestoreCommand.class,
            RestoreTreeCommand.class,
            PruneCommand.class,
            ScheduleCommand.class,
            KeyCommand.class
        },
        mixinStandardHelpOptions = true)
public final class BackupCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields in. */
    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    public BackupCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "backup what? There are: "
                        + String.join(", ", spec.commandLine().getSubcommands().keySet()));
    }
}
