package org.quorate.node.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private static final int IDLE_MILLIS = 500;
    private static final int MANY = 5_000_000;

    private final HttpClient client = HttpClient.newHttpClient();
    private final CompletableFuture<IOException> streamFailure = new CompletableFuture<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.start("test-http", loopback(0), IDLE_MILLIS, this::handle);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void handle(HttpExchange exchange) throws IOException {
        switch (exchange.path()) {
            case "/hello" -> exchange.send(200, "text/plain", "hi " + exchange.query().get("n"));
            case "/crc" -> exchange.send(200, "text/plain", crc(exchange.body()));
            case "/deaf" -> exchange.send(200, "text/plain", "did not listen");
            case "/many" -> {
                try (OutputStream out = exchange.stream(200, "application/octet-stream")) {
                    byte[] bytes = new byte[1000];
                    for (int i = 0; i < MANY / 1000; i++) {
                        Arrays.fill(bytes, (byte) i);
                        out.write(bytes);
                    }
                }
            }
            case "/endless" -> {
                try (OutputStream out = exchange.stream(200, "application/octet-stream")) {
                    while (true) {
                        out.write(new byte[100_000]);
                    }
                } catch (IOException e) {
                    streamFailure.complete(e);
                    throw e;
                }
            }
            case "/broken" -> throw new IllegalStateException("as it should");
            default -> {}
        }
    }

    private static String crc(InputStream in) throws IOException {
        CRC32 crc = new CRC32();
        long length = 0;
        byte[] buffer = new byte[7919];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            crc.update(buffer, 0, n);
            length += n;
        }
        return length + ":" + crc.getValue();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /** What a raw text of requests is answered with, until the server closes. */
    private String raw(String requests) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aRequestIsAnswered() throws Exception {
        HttpResponse<String> response = get("/hello?n=a%20b");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hi a b");
    }

    @Test
    void aRequestMayComeInManyPieces() throws Exception {
        assertThat(get("/hello?n=" + "a".repeat(4000)).body()).hasSize(4003);
    }

    @Test
    void aConnectionServesRequestsThatAreSentAhead() throws IOException {
        String request = "GET /hello?n=%d HTTP/1.1\r\nHost: x\r\n\r\n";
        String last = "GET /hello?n=3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        String answer = raw(request.formatted(1) + request.formatted(2) + last);
        assertThat(answer).containsSubsequence("hi 1", "hi 2", "hi 3");
        assertThat(answer.split("HTTP/1.1 200")).hasSize(4);
    }

    @Test
    void headHasNoBody() throws IOException {
        String answer = raw("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).contains("content-length: 7").endsWith("\r\n\r\n");
    }

    @Test
    void aLongBodyIsReadAsAStream() throws Exception {
        byte[] bytes = new byte[MANY];
        for (int i = 0; i < MANY; i++) {
            bytes[i] = (byte) (i * 31);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        HttpRequest request =
                HttpRequest.newBuilder(uri("/crc"))
                        .expectContinue(true)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
                        .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo(MANY + ":" + crc.getValue());
    }

    @Test
    void aChunkedBodyIsRead() throws IOException {
        String answer =
                raw(
                        "POST /crc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                + "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        CRC32 crc = new CRC32();
        crc.update("abcde".getBytes(StandardCharsets.US_ASCII));
        assertThat(answer).endsWith("5:" + crc.getValue());
    }

    @Test
    void aBodyThatNobodyReadEndsTheConnection() throws IOException {
        String answer =
                raw("POST /deaf HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly this");
        assertThat(answer).contains("did not listen").contains("connection: close");
    }

    @Test
    void aClientThatDoesNotSendItsBodyIsCutOff() throws IOException {
        String answer = raw("POST /crc HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
        assertThat(answer).isEmpty();
    }

    @Test
    void aLongAnswerIsStreamed() throws Exception {
        HttpResponse<byte[]> response =
                client.send(
                        HttpRequest.newBuilder(uri("/many")).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.body()).hasSize(MANY);
        assertThat(response.body()[4_321_999]).isEqualTo((byte) 4321);
    }

    @Test
    void aClientThatDoesNotReadIsCutOff() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write("GET /endless HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(streamFailure.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aSilentConnectionIsClosed() throws IOException {
        assertThat(raw("")).isEmpty();
    }

    @Test
    void whatNobodyAnswersIsNotFound() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void aBrokenHandlerIsAnInternalError() throws Exception {
        HttpResponse<String> response = get("/broken");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("as it should");
        assertThat(get("/hello?n=1").statusCode()).isEqualTo(200);
    }

    @Test
    void nonsenseIsABadRequest() throws IOException {
        assertThat(raw("what is this\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void anOverlongLineAndOverlongHeadersAreRefused() throws IOException {
        assertThat(raw("GET /" + "a".repeat(5000) + " HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 414");
        assertThat(raw("GET / HTTP/1.1\r\nX: " + "a".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
    }

    @Test
    void aPortInUseIsOneLine() {
        assertThatThrownBy(() ->
                        HttpServer.start("second", loopback(server.port()), 1000, exchange -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot listen on %s:%d: the port is in use",
                        loopback(0).getHostString(), server.port());
    }

    @Test
    void connectionsPastTheLimitAreClosed() throws IOException {
        Socket[] sockets = new Socket[HttpServer.CONNECTIONS_MAX];
        try {
            for (int i = 0; i < sockets.length; i++) {
                sockets[i] = new Socket(InetAddress.getLoopbackAddress(), server.port());
            }
            assertThat(raw("")).isEmpty();
        } finally {
            for (Socket socket : sockets) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }
}
