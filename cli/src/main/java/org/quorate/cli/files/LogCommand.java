package org.quorate.cli.files;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quorate log}: the group of commands on transaction logs. */
@Command(
        name = "log",
        description = "Look into transaction logs, Quorate's or ZooKeeper's.",
        subcommands = LogDump.class,
        mixinStandardHelpOptions = true)
public final class LogCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields in. */
    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    public LogCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "log what? There is: dump");
    }
}
