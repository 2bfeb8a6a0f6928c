package org.quorate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What people read about speed is what CI holds the code against. */
class PublishedTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs");

    /** {@code | `WRITE_32x8` | ZooKeeper µs | Quorate µs | ratio | …} */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| ([\\d.]+) \\| ([\\d.]+) \\| ([\\d.]+) \\|");

    private static Map<Workload, Published.Row> ofThePage() throws IOException {
        Map<Workload, Published.Row> rows = new EnumMap<>(Workload.class);
        Matcher row = ROW.matcher(Files.readString(DOCS.resolve("performance.md")));
        while (row.find()) {
            rows.put(
                    Workload.valueOf(row.group(1)),
                    new Published.Row(
                            Double.parseDouble(row.group(2)),
                            Double.parseDouble(row.group(3)),
                            Double.parseDouble(row.group(4))));
        }
        return rows;
    }

    @Test
    void thePageShowsTheFiguresThatTheCheckUses() throws IOException {
        Map<Workload, Published.Row> published =
                Published.read(DOCS.resolve("performance.json")).rows();
        assertThat(published).isNotEmpty().isEqualTo(ofThePage());
    }

    @Test
    void ratiosAreThoseOfTheirFigures() throws IOException {
        assertThat(Published.read(DOCS.resolve("performance.json")).rows())
                .allSatisfy((workload, row) ->
                        assertThat(row.quorateMicros() / row.zookeeperMicros())
                                .isCloseTo(row.ratio(), Percentage.withPercentage(5)));
    }
}
