package org.quorate.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** One of the data directories written by ZooKeeper 3.9.6, and what its own classes read there. */
record Sample(String name, JsonNode expected) {
    static final List<String> NAMES =
            List.of(
                    "standalone-alltypes",
                    "standalone-gzip",
                    "standalone-snappy",
                    "standalone-nodigest-noclosetxn",
                    "ensemble3-s1",
                    "ensemble3-s2",
                    "ensemble3-s3",
                    "ensemble3-observer4",
                    "fuzzy-snapshot",
                    "after-trunc",
                    "snapshot-style-36",
                    "snapshot-style-35",
                    "torn-tail-cut",
                    "torn-tail-zeroed",
                    "tail-bad-checksum",
                    "corrupt-middle",
                    "corrupt-old-log",
                    "torn-inner-log",
                    "empty-last-log",
                    "torn-newest-snapshot",
                    "badcrc-newest-snapshot",
                    "logs-without-snapshot",
                    "logs-without-snapshot-trust-empty");

    static Sample of(String name) {
        try (InputStream in = new GZIPInputStream(resource(name + ".expected.json.gz"))) {
            return new Sample(name, new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String file) {
        return Sample.class.getResourceAsStream("/samples/" + file);
    }

    boolean loads() {
        return expected.get("loaded").booleanValue();
    }

    boolean hasProperty(String property) {
        return expected.get("jvmProperties").toString().contains(property);
    }

    long lastZxid() {
        return zxid(expected.get("lastProcessedZxid").stringValue());
    }

    static long zxid(String hex) {
        return Long.parseUnsignedLong(hex.substring(2), 16);
    }

    /** Unpacks the data directory below {@code dir}. */
    Path unpack(Path dir) {
        try (InputStream in = new GZIPInputStream(resource(name + ".tar.gz"))) {
            byte[] header = in.readNBytes(512);
            while (header.length == 512 && header[0] != 0) {
                unpackEntry(in, header, dir);
                header = in.readNBytes(512);
            }
            return dir.resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpackEntry(InputStream in, byte[] header, Path dir) throws IOException {
        int size = Integer.parseInt(text(header, 124, 12), 8);
        byte[] content = in.readNBytes(size);
        in.skipNBytes((512 - size % 512) % 512);
        Path path = dir.resolve(text(header, 0, 100));
        if (header[156] == '5') {
            Files.createDirectories(path);
        } else {
            Files.createDirectories(path.getParent());
            Files.write(path, content);
        }
    }

    private static String text(byte[] header, int from, int length) {
        return new String(header, from, length, StandardCharsets.US_ASCII)
                .split("\0", 2)[0].strip();
    }

    @Override
    public String toString() {
        return name;
    }
}
