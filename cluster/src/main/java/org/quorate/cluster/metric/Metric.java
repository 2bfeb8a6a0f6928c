package org.quorate.cluster.metric;

import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One figure at one moment. Immutable.
 *
 * @param name as Prometheus spells it, with its unit
 * @param kind whether it only grows
 * @param labels what tells it from others of its name
 * @param value in the unit of the name
 */
public record Metric(String name, Kind kind, Map<String, String> labels, double value) {
    /** How a figure moves. */
    public enum Kind {
        /** Up and down. */
        GAUGE,
        /** Up, from 0 when the process begins. */
        COUNTER,
        /** Part of a histogram: {@code _bucket}, {@code _sum} or {@code _count}. */
        HISTOGRAM
    }

    /** Sorts the labels. */
    public Metric {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** A figure that goes up and down. */
    public static Metric gauge(String name, Map<String, String> labels, double value) {
        return new Metric(name, Kind.GAUGE, labels, value);
    }

    /** A figure that only grows. */
    public static Metric counter(String name, Map<String, String> labels, double value) {
        return new Metric(name, Kind.COUNTER, labels, value);
    }

    /** {@link #gauge(String, Map, double)} of a whole number. */
    public static Metric gauge(String name, Map<String, String> labels, long value) {
        return new Metric(name, Kind.GAUGE, labels, (double) value);
    }

    /** {@link #counter(String, Map, double)} of a whole number. */
    public static Metric counter(String name, Map<String, String> labels, long value) {
        return new Metric(name, Kind.COUNTER, labels, (double) value);
    }

    /** All of them in Prometheus' text format, those of one name beside each other. */
    public static String prometheus(Collection<Metric> metrics) {
        Map<String, StringBuilder> families = new TreeMap<>();
        for (Metric metric : metrics) {
            String family = metric.family();
            families.computeIfAbsent(
                            family,
                            f ->
                                    new StringBuilder(
                                            "# TYPE "
                                                    + f
                                                    + " "
                                                    + metric.kind.name().toLowerCase(Locale.ROOT)
                                                    + "\n"))
                    .append(metric)
                    .append('\n');
        }
        return String.join("", families.values());
    }

    private String family() {
        return kind == Kind.HISTOGRAM ? name.replaceFirst("_(bucket|sum|count)$", "") : name;
    }

    /** One line of Prometheus' text format. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(name);
        String before = "{";
        for (Map.Entry<String, String> label : labels.entrySet()) {
            line.append(before).append(label.getKey()).append("=\"");
            line.append(escaped(label.getValue())).append('"');
            before = ",";
        }
        line.append(labels.isEmpty() ? " " : "} ");
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return line.append(whole ? Long.toString((long) value) : Double.toString(value)).toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
