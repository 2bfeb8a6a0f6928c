package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate backup restore}: data directories for one server or for a whole ensemble. */
@Command(
        name = "restore",
        description =
                "Make a data directory of a backup, as it was at its end or at an earlier point;"
                        + " with --ensemble one for each server.",
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Place.Source from = new Place.Source();
    @Mixin private Choice choice = new Choice();

    @Option(
            names = "--to",
            paramLabel = "DIR",
            required = true,
            description = "Not there yet, or empty.")
    private Path to = Path.of("");

    @Option(
            names = "--ensemble",
            paramLabel = "ID",
            split = ",",
            description =
                    "Numbers of the servers: DIR/1, DIR/2, … are made, each with its myid, all"
                            + " alike.")
    private List<Integer> servers = List.of();

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    RestoreCommand() {}

    @Override
    public Integer call() throws IOException {
        for (int server : servers) {
            if (server < 1 || server > 255) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), server + ": numbers of servers are 1 to 255");
            }
        }
        List<String> names =
                servers.isEmpty()
                        ? List.of(Restored.VERSION)
                        : servers.stream().distinct().map(String::valueOf).toList();
        Restored.Point point = choice.point();
        try (Repository repository = from.open()) {
            Manifest backup = repository.find(choice.id());
            try (Target target = new Target(to, names)) {
                Restored restored = make(repository, backup, target, names, point);
                target.publish();
                for (String name : servers.isEmpty() ? List.of("") : names) {
                    System.out.println(
                            "%s: %d znodes at 0x%x, from backup %s"
                                    .formatted(
                                            to.resolve(name),
                                            restored.znodes(),
                                            restored.lastZxid(),
                                            backup.id()));
                }
            } catch (IOException e) {
                throw Room.explain(e, to);
            }
        }
        return 0;
    }

    private Restored make(
            Repository repository,
            Manifest backup,
            Target target,
            List<String> names,
            Restored.Point point)
            throws IOException {
        if (servers.isEmpty()) {
            return Restored.make("restore", repository, backup, target.staged(""), point);
        }
        String first = names.getFirst();
        Restored restored =
                Restored.make("restore", repository, backup, target.staged(first), point);
        for (String name : names) {
            if (!name.equals(first)) {
                target.copy(first, name);
            }
        }
        for (String name : names) {
            Files.writeString(target.staged(name).resolve("myid"), name + "\n");
        }
        return restored;
    }
}
