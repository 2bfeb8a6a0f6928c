package org.quorate.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.Endpoint;

/**
 * Where a server's admin port is, as operators write it: {@code host}, {@code host:port}, or with
 * {@code https://} in front.
 */
record AdminPort(String scheme, Endpoint endpoint) {
    private static final int PORT = 8080;
    private static final int ANSWER_BYTES_MAX = 256;

    /**
     * Reads an address.
     *
     * @throws ConfigSyntaxException with one line if it is none
     */
    static AdminPort parse(String text) throws ConfigSyntaxException {
        String scheme = text.startsWith("https://") ? "https" : "http";
        String rest = text.strip().replaceFirst("^https?://", "").replaceFirst("/+$", "");
        return new AdminPort(
                scheme, Endpoint.parse(rest.matches(".*:\\d+") ? rest : rest + ":" + PORT));
    }

    URI uri(String path) {
        return URI.create(scheme + "://" + endpoint + path);
    }

    /**
     * What is there instead of an admin port, when HTTP came to nothing: a sentence for people.
     *
     * @param why what HTTP said
     */
    String explain(Exception why, Duration timeout) {
        String said = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        if (why instanceof java.net.ConnectException) {
            return "nobody listens there (%s)".formatted(said);
        }
        String word = askWord(timeout);
        if (word.startsWith("Zookeeper version") || word.contains("is not executed")) {
            return "%s is a port for clients; give the admin port, which is admin.serverPort (%d)"
                    .formatted(endpoint, PORT);
        }
        return said.contains("header parser")
                ? "what listens there does not speak %s: is it the admin port (admin.serverPort, %d)?"
                                .formatted(scheme.toUpperCase(java.util.Locale.ROOT), PORT)
                        + (scheme.equals("http") ? " Is it for https:// only?" : "")
                : said;
    }

    /** What a port for clients answers to srvr; empty if it is none. */
    private String askWord(Duration timeout) {
        int millis = (int) timeout.toMillis();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            InputStream in = socket.getInputStream();
            for (int b = in.read(); b >= 0 && answer.size() < ANSWER_BYTES_MAX; b = in.read()) {
                answer.write(b);
            }
            return answer.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
