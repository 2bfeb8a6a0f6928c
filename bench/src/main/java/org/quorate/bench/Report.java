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
     * @param bar what Quorate's processor time may be of the other's; NaN if nothing is said
     * @param spread between Quorate's runs, of its processor time
     * @param floor the server that knows nothing, if it was run
     */
    record Row(
            String name,
            double bar,
            Figures other,
            Figures quorate,
            double spread,
            @Nullable Figures floor) {
        /** Of processor time per operation. */
        double cpuRatio() {
            return quorate.microsPerOperation() / other.microsPerOperation();
        }

        /** How many times the floor's processor time; NaN without a floor. */
        double overFloor() {
            return floor == null
                    ? Double.NaN
                    : quorate.microsPerOperation() / floor.microsPerOperation();
        }
    }

    private final String other;
    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Map<String, Double>> singles = new LinkedHashMap<>();

    /**
     * @param other the name of what Quorate is compared with
     */
    Report(String other) {
        this.other = other;
    }

    String head() {
        return """
        | scenario | %1$s op/s | Quorate op/s | × | %1$s µs | Quorate µs | ratio | bar | spread | floor µs | × floor | loader µs | p50 ms | p99 ms | p99.9 ms | disk B |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\
        """
                .formatted(other);
    }

    void add(Row row) {
        rows.add(row);
        System.out.println(line(row));
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    /** A figure that is one number for each server. */
    void add(String name, String unit, double theirs, double quorate) {
        singles.put(
                name + ", " + unit,
                Map.of(other.toLowerCase(Locale.ROOT), theirs, "quorate", quorate));
        System.out.printf(
                Locale.ROOT,
                "%s: %s %.2f %s, Quorate %.2f (%.3f)%n",
                name,
                other,
                theirs,
                unit,
                quorate,
                quorate / theirs);
    }

    private static String line(Row row) {
        Figures o = row.other;
        Figures q = row.quorate;
        Figures floor = row.floor;
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %.1f | %.2f | %.2f | %.2f | %s | %.0f %% | %s | %s | %.2f →"
                        + " %.2f | %.2f → %.2f | %.2f → %.2f | %.2f → %.2f | %.0f → %.0f |",
                row.name,
                o.perSecond(),
                q.perSecond(),
                q.perSecond() / o.perSecond(),
                o.microsPerOperation(),
                q.microsPerOperation(),
                row.cpuRatio(),
                orNothing("%.3f", row.bar),
                100 * row.spread,
                floor == null ? "" : orNothing("%.2f", floor.microsPerOperation()),
                orNothing("%.1f", row.overFloor()),
                o.loaderMicros(),
                q.loaderMicros(),
                o.p50(),
                q.p50(),
                o.p99(),
                q.p99(),
                o.p999(),
                q.p999(),
                o.bytesPerOperation(),
                q.bytesPerOperation());
    }

    private static String orNothing(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    /** Writes what was gathered; null for what is not wanted. */
    void write(@Nullable Path json, @Nullable Path svg) throws IOException {
        if (json != null) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("against", other);
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
                                + "<text x=\"4\" y=\"16\">Processor time per operation, %s ="
                                + " 1; stroke: the bar</text>%n",
                        LABEL_WIDTH + PLOT_WIDTH + 60,
                        height,
                        other));
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
