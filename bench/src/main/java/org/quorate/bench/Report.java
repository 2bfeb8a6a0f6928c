package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/** Gathers the rows of a comparison and shows them: as a table, as JSON, as a picture. */
final class Report {
    private static final int BAR_HEIGHT = 22;
    private static final int LABEL_WIDTH = 190;
    private static final int PLOT_WIDTH = 480;

    /**
     * One scenario.
     *
     * @param bar what Quorate's processor time may be of ZooKeeper's; NaN if nothing is said
     */
    record Row(String name, double bar, Figures zookeeper, Figures quorate) {
        double cpuRatio() {
            return quorate.microsPerOperation() / zookeeper.microsPerOperation();
        }
    }

    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Map<String, Double>> singles = new LinkedHashMap<>();

    static String head() {
        return """
        | scenario | ZooKeeper op/s | Quorate op/s | × | ZooKeeper µs | Quorate µs | ratio | bar | p50 ms | p99 ms | p99.9 ms | disk B |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\
        """;
    }

    void add(Row row) {
        rows.add(row);
        System.out.println(line(row));
    }

    /** A figure that is one number for each server. */
    void add(String name, String unit, double zookeeper, double quorate) {
        singles.put(name + ", " + unit, Map.of("zookeeper", zookeeper, "quorate", quorate));
        System.out.printf(
                Locale.ROOT,
                "%s: ZooKeeper %.2f %s, Quorate %.2f (%.3f)%n",
                name,
                zookeeper,
                unit,
                quorate,
                quorate / zookeeper);
    }

    private static String line(Row row) {
        Figures zk = row.zookeeper;
        Figures q = row.quorate;
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %.1f | %.2f | %.2f | %.2f | %s | %.2f → %.2f | %.2f → %.2f"
                        + " | %.2f → %.2f | %.0f → %.0f |",
                row.name,
                zk.perSecond(),
                q.perSecond(),
                q.perSecond() / zk.perSecond(),
                zk.microsPerOperation(),
                q.microsPerOperation(),
                row.cpuRatio(),
                Double.isNaN(row.bar) ? "" : String.format(Locale.ROOT, "%.3f", row.bar),
                zk.p50(),
                q.p50(),
                zk.p99(),
                q.p99(),
                zk.p999(),
                q.p999(),
                zk.bytesPerOperation(),
                q.bytesPerOperation());
    }

    /** Writes what was gathered; null for what is not wanted. */
    void write(@Nullable Path json, @Nullable Path svg) throws IOException {
        if (json != null) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("scenarios", rows);
            all.put("singles", singles);
            Files.writeString(
                    json,
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all));
        }
        if (svg != null) {
            Files.writeString(svg, picture());
        }
    }

    /** Quorate's processor time of ZooKeeper's, a bar for each scenario, its limit as a stroke. */
    private String picture() {
        StringBuilder out = new StringBuilder();
        int height = rows.size() * BAR_HEIGHT + 40;
        out.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                                + " font-family=\"sans-serif\" font-size=\"12\">%n"
                                + "<text x=\"4\" y=\"16\">Processor time per operation, ZooKeeper ="
                                + " 1; stroke: the bar</text>%n",
                        LABEL_WIDTH + PLOT_WIDTH + 60,
                        height));
        int y = 28;
        for (Row row : rows) {
            double ratio = Math.min(row.cpuRatio(), 1);
            boolean met = !(row.cpuRatio() > row.bar);
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"4\" y=\"%d\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%.1f\""
                                    + " height=\"14\" fill=\"%s\"/><text x=\"%.1f\""
                                    + " y=\"%d\">%.2f</text>%n",
                            y + 12,
                            row.name,
                            LABEL_WIDTH,
                            y,
                            ratio * PLOT_WIDTH,
                            met ? "#3a7d44" : "#b5651d",
                            LABEL_WIDTH + ratio * PLOT_WIDTH + 6,
                            y + 12,
                            row.cpuRatio()));
            if (!Double.isNaN(row.bar)) {
                double x = LABEL_WIDTH + row.bar * PLOT_WIDTH;
                out.append(
                        String.format(
                                Locale.ROOT,
                                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"black\""
                                        + " stroke-width=\"2\"/>%n",
                                x,
                                x,
                                y - 2,
                                y + 16));
            }
            y += BAR_HEIGHT;
        }
        return out.append("</svg>\n").toString();
    }
}
