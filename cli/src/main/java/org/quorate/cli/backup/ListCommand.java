package org.quorate.cli.backup;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code quorate backup list}. */
@Command(
        name = "list",
        description = "Say which backups there are, the oldest first.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Mixin private Place.Source from = new Place.Source();

    @Override
    public Integer call() throws IOException {
        try (Repository repository = from.open()) {
            for (Manifest backup : repository.all()) {
                System.out.println(
                        "%s: %d znodes at 0x%x, %d files, %d bytes%s, of %s"
                                .formatted(
                                        backup.id(),
                                        backup.znodes(),
                                        backup.lastZxid(),
                                        backup.files().size(),
                                        backup.bytes(),
                                        backup.encrypted() ? ", encrypted" : "",
                                        backup.source()));
            }
        }
        return 0;
    }
}
