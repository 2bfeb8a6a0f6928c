package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.ErrorLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quorate backup verify}. */
@Command(
        name = "verify",
        description = "Restore each backup in a place aside and compare; all of them, or one.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    @Mixin private Place.Source from = new Place.Source();

    @Option(names = "--backup", paramLabel = "ID")
    private @Nullable String id;

    @Override
    public Integer call() throws IOException {
        boolean well = true;
        try (Repository repository = from.open()) {
            List<String> ids = id == null ? repository.ids() : List.of(repository.find(id).id());
            for (String one : ids) {
                String found = verify(repository, one);
                well &= found.isEmpty();
                System.out.println(one + ": " + (found.isEmpty() ? "ok" : found));
            }
        }
        return well ? 0 : 1;
    }

    /** What is wrong with it; empty if nothing. */
    private static String verify(Repository repository, String id) throws IOException {
        Path proof = Files.createTempDirectory(repository.work(), "proof-");
        try {
            Manifest backup = repository.find(id);
            Restored restored =
                    Restored.make("verify", repository, backup, proof, Restored.Point.END);
            return restored.digest() == backup.digest() ? "" : "the tree is not what it was";
        } catch (IOException e) {
            return ErrorLine.of(e);
        } finally {
            Restored.delete(proof);
        }
    }
}
