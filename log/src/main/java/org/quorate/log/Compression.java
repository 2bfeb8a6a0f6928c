package org.quorate.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.xerial.snappy.SnappyOutputStream;

/** How a snapshot's bytes lie in the file; its name tells (disk formats §5.2). */
enum Compression {
    NONE(""),
    GZIP(".gz"),
    SNAPPY(".snappy");

    private static final int BUFFER_BYTES = 64 << 10;

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    String suffix() {
        return suffix;
    }

    static Compression ofFile(String name) {
        return name.endsWith(GZIP.suffix) ? GZIP : name.endsWith(SNAPPY.suffix) ? SNAPPY : NONE;
    }

    /**
     * @param method value of {@code zookeeper.snapshot.compression.method}
     */
    static Compression ofMethod(String method) {
        return switch (method) {
            case "" -> NONE;
            case "gz" -> GZIP;
            case "snappy" -> SNAPPY;
            default ->
                    throw new IllegalArgumentException(
                            "snapshot compression \"%s\": must be empty, gz or snappy"
                                    .formatted(method));
        };
    }

    InputStream unpacking(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case SNAPPY -> new SnappyChunks(in);
        };
    }

    OutputStream packing(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> new FastGzip(out);
            case SNAPPY -> new SnappyOutputStream(out);
        };
    }

    /** The fastest level: a snapshot must not cost the core its processor. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
