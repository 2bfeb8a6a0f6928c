package org.quorate.node.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.Member;

/**
 * Asks another member how it is, by the four-letter word {@code srvr}: the one word that every
 * server answers without being told to, Quorate's and ZooKeeper's. Stateless; waits.
 */
final class Probe {
    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final byte[] WORD = "srvr".getBytes(StandardCharsets.US_ASCII);

    private Probe() {}

    /**
     * What a member said of itself.
     *
     * @param state its line {@code Mode}; {@code not serving} or {@code unreachable}
     * @param lines what stood before and behind each line's first colon
     * @param note why there is no more; empty if there is
     */
    record Finding(String state, Map<String, String> lines, String note) {
        static final String NOT_SERVING = "not serving";
        static final String UNREACHABLE = "unreachable";

        /** Takes part as leader or follower. */
        boolean isVoting() {
            return state.equals("leader") || state.equals("follower");
        }

        static Finding unreachable(String note) {
            return new Finding(UNREACHABLE, Map.of(), note);
        }
    }

    /** Asks a member at its client port, for so long at most. */
    static Finding ask(Member member, int millisMax) {
        Endpoint client = member.clientAddress();
        if (client == null) {
            return Finding.unreachable("the configuration names no client port");
        }
        String host = client.isWildcard() ? member.addresses().get(0).host() : client.host();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, client.port()), millisMax);
            socket.setSoTimeout(millisMax);
            socket.getOutputStream().write(WORD);
            return read(socket.getInputStream());
        } catch (IOException e) {
            return Finding.unreachable(
                    "%s:%d does not answer: %s".formatted(host, client.port(), reason(e)));
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static Finding read(InputStream in) throws IOException {
        String text = new String(in.readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
        return parse(text);
    }

    /** Understands an answer. */
    static Finding parse(String text) {
        Map<String, String> lines = new HashMap<>();
        text.lines()
                .forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        lines.put(line.substring(0, colon), line.substring(colon + 1).strip());
                    }
                });
        @Nullable String mode = lines.get("Mode");
        if (mode != null) {
            return new Finding(mode, lines, "");
        }
        String note = text.isBlank() ? "it closed the connection" : text.strip();
        return text.contains("not currently serving")
                ? new Finding(Finding.NOT_SERVING, Map.of(), "it has no quorum")
                : Finding.unreachable(note.substring(0, Math.min(note.length(), 200)));
    }
}
