package org.quorate.node.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.quorate.node.http.HttpExchange;

/**
 * The built page: a handful of files from this jar, read once, sent packed where the browser takes
 * that, and not at all where it has them already; and beside it a page of text for each finding of
 * the health, docs/findings as they are. Immutable.
 */
final class Assets {
    private static final int ETAG_HEX_DIGITS = 32;
    private static final String PAGE = "index.html";
    private static final Map<String, String> TYPES =
            Map.of(
                    PAGE,
                    "text/html; charset=utf-8",
                    "console.js",
                    "text/javascript; charset=utf-8",
                    "console.css",
                    "text/css; charset=utf-8",
                    "icon.svg",
                    "image/svg+xml");

    private static final Pattern FINDING = Pattern.compile("findings/[a-z-]+\\.md");
    private static final String FINDING_TYPE = "text/plain; charset=utf-8";

    private final Map<String, Asset> files = new TreeMap<>();

    /** One file, plain and packed; nobody writes into the arrays. */
    private static final class Asset {
        final String type;
        final byte[] plain;
        final byte[] packed;
        final String tag;

        Asset(String type, byte[] plain) throws IOException {
            this.type = type;
            this.plain = plain;
            this.packed = gzip(plain);
            this.tag = '"' + hash(plain).substring(0, ETAG_HEX_DIGITS) + '"';
        }
    }

    private Assets() {}

    /** Reads the files of this jar. */
    static Assets load() {
        Assets assets = new Assets();
        TYPES.forEach((name, type) -> {
            try (InputStream in = Assets.class.getResourceAsStream("web/" + name)) {
                if (in == null) {
                    throw new IllegalStateException("the console lacks its file " + name);
                }
                assets.files.put(name, new Asset(type, in.readAllBytes()));
            } catch (IOException e) {
                throw new IllegalStateException("the console's file " + name, e);
            }
        });
        return assets;
    }

    /**
     * Answers with a file.
     *
     * @param name below the console's own path; empty for the page
     * @return false if there is none of that name
     */
    boolean send(HttpExchange exchange, String name) throws IOException {
        @Nullable Asset asset =
                FINDING.matcher(name).matches()
                        ? finding(name)
                        : files.get(name.isEmpty() ? PAGE : name);
        if (asset == null) {
            return false;
        }
        exchange.addHeader("ETag", asset.tag);
        exchange.addHeader("Cache-Control", "no-cache"); // asked again, answered by the tag
        exchange.addHeader("Vary", "Accept-Encoding");
        String known = exchange.header("If-None-Match");
        if (known != null && known.contains(asset.tag)) {
            exchange.send(304, "", new byte[0]);
        } else if (takesGzip(exchange)) {
            exchange.addHeader("Content-Encoding", "gzip");
            exchange.send(200, asset.type, asset.packed);
        } else {
            exchange.send(200, asset.type, asset.plain);
        }
        return true;
    }

    /** Read anew each time: nobody asks often. */
    private static @Nullable Asset finding(String name) throws IOException {
        try (InputStream in = Assets.class.getResourceAsStream("web/" + name)) {
            return in == null ? null : new Asset(FINDING_TYPE, in.readAllBytes());
        }
    }

    /** Does the client unpack gzip? */
    static boolean takesGzip(HttpExchange exchange) {
        String accepted = exchange.header("Accept-Encoding");
        return accepted != null && accepted.contains("gzip");
    }

    /** Packed. */
    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 3 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
