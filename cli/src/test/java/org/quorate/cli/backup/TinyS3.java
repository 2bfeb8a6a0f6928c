package org.quorate.cli.backup;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * As much of S3 as a test of the build needs: objects of one bucket in memory, lists in pages of
 * two, and a check that what arrives is signed and whole. A real server is tried by {@code
 * compat/s3}.
 */
final class TinyS3 implements AutoCloseable {
    private static final int PAGE = 2;

    final SortedMap<String, byte[]> objects = new TreeMap<>();
    private final HttpServer server;

    TinyS3() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (authorization == null || !authorization.contains("Credential=me/")) {
                answer(exchange, 403, error("AccessDenied"));
            } else if (!path.startsWith("/bucket")) {
                answer(exchange, 404, error("NoSuchBucket"));
            } else if (path.equals("/bucket") || path.equals("/bucket/")) {
                answer(exchange, 200, list(exchange.getRequestURI().getQuery()));
            } else {
                object(exchange, path.substring("/bucket/".length()));
            }
        }
    }

    private void object(HttpExchange exchange, String key) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                byte[] body = exchange.getRequestBody().readAllBytes();
                String told = exchange.getRequestHeaders().getFirst("x-amz-content-sha256");
                boolean whole = sha256(body).equals(told);
                if (whole) {
                    objects.put(key, body);
                }
                answer(exchange, whole ? 200 : 400, whole ? "" : error("BadDigest"));
            }
            case "DELETE" -> {
                objects.remove(key);
                answer(exchange, 204, "");
            }
            default -> {
                byte[] body = objects.get(key);
                if (body == null) {
                    answer(exchange, 404, error("NoSuchKey"));
                } else if (exchange.getRequestMethod().equals("HEAD")) {
                    exchange.getResponseHeaders().set("Content-Length", "" + body.length);
                    exchange.sendResponseHeaders(200, -1);
                } else {
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                }
            }
        }
    }

    private String list(String query) {
        String prefix = parameter(query, "prefix");
        String after = parameter(query, "continuation-token");
        StringBuilder xml = new StringBuilder("<ListBucketResult>");
        int shown = 0;
        String last = "";
        for (String key : objects.tailMap(after + (after.isEmpty() ? "" : "\0")).keySet()) {
            if (!key.startsWith(prefix)) {
                continue;
            }
            if (shown++ == PAGE) {
                return xml.append("<IsTruncated>true</IsTruncated><NextContinuationToken>")
                        .append(last)
                        .append("</NextContinuationToken></ListBucketResult>")
                        .toString();
            }
            last = key;
            xml.append(
                    "<Contents><Key>%s</Key><Size>%d</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                            .formatted(key, objects.get(key).length));
        }
        return xml.append("<IsTruncated>false</IsTruncated></ListBucketResult>").toString();
    }

    private static String parameter(String query, String name) {
        for (String part : query.split("&")) {
            if (part.startsWith(name + "=")) {
                return part.substring(name.length() + 1);
            }
        }
        return "";
    }

    private static String error(String code) {
        return "<Error><Code>%s</Code><Message>told by the test: %s</Message></Error>"
                .formatted(code, code);
    }

    private static void answer(HttpExchange exchange, int status, String xml) throws IOException {
        byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
        boolean body = bytes.length > 0 && !exchange.getRequestMethod().equals("HEAD");
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, body ? bytes.length : -1);
        if (body) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
