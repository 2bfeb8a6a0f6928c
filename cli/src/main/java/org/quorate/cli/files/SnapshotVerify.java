package org.quorate.cli.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.quorate.cli.ErrorLine;
import org.quorate.cli.progress.ReadingProgress;
import org.quorate.log.Disk;
import org.quorate.log.SnapshotFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate snapshot verify}: checks seals and digest. */
@Command(
        name = "verify",
        description =
                "Check that snapshots are whole and that their znodes have the digest they state.",
        footer = {"", "Exit codes: 0 all well, 1 a file is damaged."},
        mixinStandardHelpOptions = true)
final class SnapshotVerify implements Callable<Integer> {
    private static final int DAMAGED = 1;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Snapshots.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() {
        Output out = new Output(System.out);
        boolean well = true;
        for (Path file : files) {
            String problem = problem(file);
            well &= problem.isEmpty();
            if (json) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("file", file.toString());
                fields.put("ok", problem.isEmpty());
                fields.put("problem", problem);
                out.json(fields);
            } else {
                out.line(problem.isEmpty() ? file + ": ok" : problem);
            }
        }
        return well ? 0 : DAMAGED;
    }

    private static String problem(Path file) {
        try (ReadingProgress progress = new ReadingProgress()) {
            SnapshotFile.verify(Disk.REAL, file, progress);
            return "";
        } catch (IOException e) {
            String message = ErrorLine.of(e);
            return message.startsWith(file.toString()) ? message : file + ": " + message;
        }
    }
}
