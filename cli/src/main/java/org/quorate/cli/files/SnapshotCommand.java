package org.quorate.cli.files;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code quorate snapshot}: the group of commands on snapshots. */
@Command(
        name = "snapshot",
        description = "Look into snapshots, Quorate's or ZooKeeper's, plain or compressed.",
        subcommands = {SnapshotDump.class, SnapshotVerify.class, SnapshotStats.class},
        mixinStandardHelpOptions = true)
public final class SnapshotCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields in. */
    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    public SnapshotCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "snapshot what? There are: dump, verify, stats");
    }
}
