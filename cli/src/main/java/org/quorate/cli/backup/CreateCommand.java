package org.quorate.cli.backup;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code quorate backup create}. */
@Command(
        name = "create",
        description =
                "Copy what is new in a data directory, of a serving server too, and prove that it"
                        + " can be restored.",
        mixinStandardHelpOptions = true)
final class CreateCommand implements Callable<Integer> {
    @Mixin private Creation creation = new Creation();
    @Mixin private Place.Destination to = new Place.Destination();

    @Override
    public Integer call() throws IOException {
        System.out.println(creation.make(to));
        return 0;
    }
}
