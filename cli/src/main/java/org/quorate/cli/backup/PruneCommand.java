package org.quorate.cli.backup;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate backup prune}: removes backups that no rule keeps, and what only they needed. */
@Command(
        name = "prune",
        description = "Remove backups that no rule keeps, and contents that only they needed.",
        footer = {"", "Rules add up. Without a rule nothing is removed."},
        mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer> {
    /** Younger contents without a backup may belong to one that is being made elsewhere. */
    static final long ORPHAN_HOURS_MIN = 24;

    @Spec private CommandSpec spec;
    @Mixin private Place.Source from = new Place.Source();
    @Mixin private Keep keep = new Keep();

    @Option(names = "--dry-run", description = "Only say what would be removed.")
    private boolean dryRun;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    PruneCommand() {}

    @Override
    public Integer call() throws IOException {
        if (keep.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "what shall stay? Give --keep-last, --keep-hourly, --keep-daily, --keep-weekly"
                            + " or --keep-monthly");
        }
        try (Repository repository = from.open()) {
            repository.lock();
            prune(repository, keep, dryRun);
        }
        return 0;
    }

    /** Says what it does. */
    static void prune(Repository repository, Keep keep, boolean dryRun) throws IOException {
        List<Manifest> superfluous = keep.superfluous(repository.all());
        for (Manifest backup : superfluous) {
            if (!dryRun) {
                repository.remove(backup);
            }
            System.out.println(backup.id() + (dryRun ? ": would be removed" : ": removed"));
        }
        if (!dryRun) {
            long bytes =
                    repository.sweep(
                            System.currentTimeMillis() - TimeUnit.HOURS.toMillis(ORPHAN_HOURS_MIN));
            if (bytes > 0) {
                System.out.println(bytes + " bytes freed");
            }
        }
    }
}
