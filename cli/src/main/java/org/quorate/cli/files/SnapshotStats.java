package org.quorate.cli.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.quorate.cli.progress.ReadingProgress;
import org.quorate.log.Disk;
import org.quorate.log.SnapshotFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate snapshot stats}: what is in a snapshot, in numbers. */
@Command(
        name = "stats",
        description = "Count what is in snapshots.",
        footer = {"", "Exit codes: 0 all well, 1 a file is damaged."},
        mixinStandardHelpOptions = true)
final class SnapshotStats implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Snapshots.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Output out = new Output(System.out);
        for (Path file : files) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.toString());
            try (ReadingProgress progress = new ReadingProgress()) {
                fields.putAll(fields(SnapshotFile.stats(Disk.REAL, file, progress)));
            }
            if (json) {
                out.json(fields);
            } else {
                fields.forEach((name, value) -> out.line(name + ": " + value));
            }
        }
        return 0;
    }

    private static Map<String, Object> fields(SnapshotFile.Stats stats) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("nodes", stats.nodes());
        fields.put("ephemerals", stats.ephemerals());
        fields.put("sessions", stats.sessions());
        fields.put("acls", stats.acls());
        fields.put("dataBytes", stats.dataBytes());
        fields.put("largestDataBytes", stats.largestDataBytes());
        fields.put("largestPath", stats.largestPath());
        fields.put("greatestZxid", Output.hex(stats.greatestZxid()));
        fields.putAll(label(stats.label()));
        fields.put("nodeDigest", stats.nodeDigest());
        return fields;
    }

    /** What a file says of itself. */
    static Map<String, Object> label(SnapshotFile.Label label) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("zxid", Output.hex(label.zxid()));
        if (label.lastZxid() >= 0) {
            fields.put("lastZxid", Output.hex(label.lastZxid()));
        }
        if (label.digestZxid() >= 0) {
            fields.put("digestZxid", Output.hex(label.digestZxid()));
            fields.put("digest", label.digest());
        }
        fields.put("fuzzy", label.isFuzzy());
        fields.put("fileBytes", label.fileBytes());
        return fields;
    }
}
