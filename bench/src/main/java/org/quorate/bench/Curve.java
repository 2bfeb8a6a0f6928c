package org.quorate.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How figures change with one quantity: a line for each system and workload. Shown as a table and
 * as a picture with rates at the left and processor time at the right, both axes logarithmic. Owned
 * by one thread.
 */
final class Curve {
    private static final int PLOT_WIDTH = 330;
    private static final int PLOT_HEIGHT = 220;
    private static final int LEFT = 62;
    private static final int TOP = 40;
    private static final int PANEL_WIDTH = LEFT + PLOT_WIDTH + 20;
    private static final int LEGEND_LINE = 16;
    private static final List<String> COLOURS =
            List.of("#1f6f8b", "#b5651d", "#3a7d44", "#8b1f4f", "#5b5b9e", "#777777");

    /** One measured point. */
    record Point(double x, Figures figures) {}

    private final String title;
    private final String quantity;
    private final Map<String, List<Point>> lines = new LinkedHashMap<>();

    /**
     * @param quantity what changes
     */
    Curve(String title, String quantity) {
        this.title = title;
        this.quantity = quantity;
    }

    String title() {
        return title;
    }

    /** For JSON. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("title", title);
        values.put("quantity", quantity);
        values.put("lines", lines);
        return values;
    }

    /** Adds a point and prints it. */
    void add(String line, double x, Figures figures) {
        lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new Point(x, figures));
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %,.0f | %,.0f | %.2f | %.2f | %.2f | %.2f |%n",
                title,
                line,
                x,
                figures.perSecond(),
                figures.microsPerOperation(),
                figures.loaderMicros(),
                figures.p50(),
                figures.p99());
    }

    static String head() {
        return """
        | curve | line | at | op/s | µs | loader µs | p50 ms | p99 ms |
        | --- | --- | --- | --- | --- | --- | --- | --- |\
        """;
    }

    String svg() {
        int height = TOP + PLOT_HEIGHT + 44 + lines.size() * LEGEND_LINE;
        StringBuilder out = new StringBuilder();
        add(
                out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">",
                2 * PANEL_WIDTH,
                height);
        add(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        add(out, "<text x=\"8\" y=\"16\" font-size=\"13\">%s</text>", title);
        panel(out, 0, "operations per second", Figures::perSecond);
        panel(out, PANEL_WIDTH, "server µs per operation", Figures::microsPerOperation);
        int y = TOP + PLOT_HEIGHT + 48;
        int colour = 0;
        for (String line : lines.keySet()) {
            add(
                    out,
                    "<rect x=\"%d\" y=\"%d\" width=\"18\" height=\"3\" fill=\"%s\"/>"
                            + "<text x=\"%d\" y=\"%d\">%s</text>",
                    LEFT,
                    y - 5,
                    colour(colour++),
                    LEFT + 24,
                    y,
                    line);
            y += LEGEND_LINE;
        }
        return out.append("</svg>\n").toString();
    }

    private void panel(StringBuilder out, int left, String what, ToDoubleFunction<Figures> of) {
        Scale x = new Scale();
        Scale y = new Scale();
        for (List<Point> points : lines.values()) {
            for (Point point : points) {
                x.include(point.x());
                y.include(of.applyAsDouble(point.figures()));
            }
        }
        int from = left + LEFT;
        int bottom = TOP + PLOT_HEIGHT;
        add(
                out,
                "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\""
                        + " text-anchor=\"end\">%s</text>",
                from,
                TOP - 8,
                what,
                from + PLOT_WIDTH,
                bottom + 30,
                quantity);
        for (double at = x.first(); at <= x.last(); at *= 10) {
            double px = from + x.share(at) * PLOT_WIDTH;
            grid(out, px, px, TOP, bottom);
            add(
                    out,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    px,
                    bottom + 14,
                    number(at));
        }
        for (double at = y.first(); at <= y.last(); at *= 10) {
            double py = bottom - y.share(at) * PLOT_HEIGHT;
            grid(out, from, from + PLOT_WIDTH, py, py);
            add(
                    out,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    from - 5,
                    py + 4,
                    number(at));
        }
        int colour = 0;
        for (List<Point> points : lines.values()) {
            StringBuilder path = new StringBuilder();
            for (Point point : points) {
                double px = from + x.share(point.x()) * PLOT_WIDTH;
                double py = bottom - y.share(of.applyAsDouble(point.figures())) * PLOT_HEIGHT;
                path.append(String.format(Locale.ROOT, "%.1f,%.1f ", px, py));
                add(
                        out,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>",
                        px,
                        py,
                        colour(colour));
            }
            add(
                    out,
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>",
                    path.toString().trim(),
                    colour(colour++));
        }
    }

    private static void grid(StringBuilder out, double x1, double x2, double y1, double y2) {
        add(
                out,
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>",
                x1,
                x2,
                y1,
                y2);
    }

    private static String colour(int i) {
        return COLOURS.get(i % COLOURS.size());
    }

    private static String number(double value) {
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.0f M", value / 1e6);
        }
        if (value >= 1e3) {
            return String.format(Locale.ROOT, "%.0f k", value / 1e3);
        }
        return value >= 1
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    private static void add(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    /** Whole powers of ten around all values; what is not above nothing counts as one. */
    private static final class Scale {
        private double least = Double.POSITIVE_INFINITY;
        private double most;

        void include(double value) {
            least = Math.min(least, positive(value));
            most = Math.max(most, positive(value));
        }

        double first() {
            return Math.pow(10, Math.floor(Math.log10(least)));
        }

        double last() {
            return Math.pow(10, Math.max(Math.ceil(Math.log10(most)), Math.log10(first()) + 1));
        }

        double share(double value) {
            return Math.log10(positive(value) / first()) / Math.log10(last() / first());
        }

        private static double positive(double value) {
            return value > 0 ? value : 1;
        }
    }
}
