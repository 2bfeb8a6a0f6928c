package org.quorate.node.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What clients said in the conversations recorded from a real ZooKeeper (the vectors of {@code
 * replica}).
 *
 * @param handshakes first frames, each with its length in front
 * @param requests all others
 */
record RecordedFrames(List<byte[]> handshakes, List<byte[]> requests) {
    private static final Path FILE =
            Path.of("..", "replica", "src", "test", "resources", "org", "quorate", "replica")
                    .resolve("frames.txt.gz");

    static RecordedFrames load() throws IOException {
        RecordedFrames frames = new RecordedFrames(new ArrayList<>(), new ArrayList<>());
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(FILE)),
                                StandardCharsets.US_ASCII))) {
            lines.lines().map(line -> line.split(" ")).forEach(frames::add);
        }
        return frames;
    }

    private void add(String[] words) {
        if (words[0].equals("c2s")) {
            byte[] frame = HexFormat.of().parseHex(words[5]);
            (words[3].equals("connect") ? handshakes : requests).add(frame);
        }
    }
}
