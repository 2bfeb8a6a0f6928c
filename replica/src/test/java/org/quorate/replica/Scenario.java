package org.quorate.replica;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * A recorded conversation with a real ZooKeeper 3.9.6. {@code frames.txt.gz} holds one a paragraph:
 * a line {@code scenario NAME CONFIG [stateDependent]}, then a line for each frame, {@code c2s|s2c
 * CONNECTION WAIT-MILLIS OPERATION MASKS HEX}, or {@code event CONNECTION WAIT-MILLIS DIRECTION
 * WHAT}. A mask is {@code offset:length:kind}.
 */
record Scenario(String name, String config, boolean stateDependent, List<Step> steps) {
    /** A frame or an event. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Step(
            String direction,
            int connection,
            long waitMillis,
            String operation,
            List<Mask> masks,
            byte[] bytes) {
        boolean isEvent() {
            return bytes.length == 0;
        }
    }

    /** Bytes that vary from run to run. */
    record Mask(int offset, int length, String kind) {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(
                                        Objects.requireNonNull(
                                                Scenario.class.getResourceAsStream(
                                                        "frames.txt.gz"))),
                                StandardCharsets.UTF_8))) {
            lines.lines().forEach(line -> add(line.split(" "), all));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    static Scenario named(String name) {
        return all().stream().filter(s -> s.name.equals(name)).findFirst().orElseThrow();
    }

    private static void add(String[] words, List<Scenario> to) {
        switch (words[0]) {
            case "scenario" ->
                    to.add(new Scenario(words[1], words[2], words.length > 3, new ArrayList<>()));
            case "event" ->
                    to.getLast()
                            .steps
                            .add(
                                    new Step(
                                            words[3],
                                            Integer.parseInt(words[1]),
                                            Long.parseLong(words[2]),
                                            words[4],
                                            List.of(),
                                            new byte[0]));
            default ->
                    to.getLast()
                            .steps
                            .add(
                                    new Step(
                                            words[0],
                                            Integer.parseInt(words[1]),
                                            Long.parseLong(words[2]),
                                            words[3],
                                            masks(words[4]),
                                            HexFormat.of().parseHex(words[5])));
        }
    }

    private static List<Mask> masks(String text) {
        List<Mask> masks = new ArrayList<>();
        if (!text.equals("-")) {
            for (String each : text.split(",")) {
                String[] parts = each.split(":");
                masks.add(
                        new Mask(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]));
            }
        }
        return masks;
    }

    @Override
    public String toString() {
        return name + " (" + config + ")";
    }
}
