package org.quorate.node;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/**
 * Plays conversations recorded from a real ZooKeeper 3.9.6 to a server: tokens that depend on
 * chance are made anew, and everything else outside the masks must be the same.
 */
final class SaslRecordings {
    private static final Path FILE = Path.of("src/test/resources/vectors/sasl/frames.txt");
    private static final int TOKEN_AT = 16;
    private static final int ANSWERED_TOKEN_AT = 24;

    private SaslRecordings() {}

    /** Says what differs, in words. */
    static List<String> play(String name, int port, String password) throws IOException {
        List<String> differences = new ArrayList<>();
        SaslClient sasl = client(password);
        byte[] challenge = {};
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (String line : lines(name)) {
                String[] words = line.split(" ");
                if (words[0].equals("event")) {
                    if (in.read() != -1) {
                        differences.add("the server does not close");
                    }
                } else if (words[0].equals("c2s")) {
                    byte[] frame = HexFormat.of().parseHex(words[5]);
                    if (words[3].equals("sasl") && words[4].startsWith("16:272")) {
                        byte[] token = sasl.evaluateChallenge(challenge);
                        frame =
                                ByteBuffer.allocate(TOKEN_AT + token.length)
                                        .put(frame, 0, TOKEN_AT)
                                        .putInt(0, TOKEN_AT - 4 + token.length)
                                        .putInt(TOKEN_AT - 4, token.length)
                                        .put(token)
                                        .array();
                    }
                    socket.getOutputStream().write(frame);
                } else {
                    int length = in.readInt();
                    byte[] got = in.readNBytes(length);
                    byte[] frame = ByteBuffer.allocate(4 + length).putInt(length).put(got).array();
                    if (words[4].contains("sasl-token")) {
                        challenge = Arrays.copyOfRange(frame, ANSWERED_TOKEN_AT, frame.length);
                    }
                    compare(words, frame, differences);
                }
            }
        }
        return differences;
    }

    private static List<String> lines(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(FILE)) {
            if (line.startsWith("scenario ")) {
                inside = line.startsWith("scenario " + name + " ");
            } else if (inside) {
                lines.add(line);
            }
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(name);
        }
        return lines;
    }

    private static void compare(String[] words, byte[] got, List<String> differences) {
        byte[] want = HexFormat.of().parseHex(words[5]);
        if (words[4].contains("sasl-token")) {
            // Nonces and proofs differ; their lengths and all around them do not.
            String wanted = withoutChance(want);
            String found = withoutChance(got);
            if (!wanted.equals(found)) {
                differences.add("want %s%ngot  %s".formatted(wanted, found));
            }
            return;
        }
        byte[] left = masked(want, words[4]);
        byte[] right = masked(got, words[4]);
        if (words[3].equals("whoAmI")) {
            Arrays.sort(left); // in no defined order
            Arrays.sort(right);
        }
        if (!Arrays.equals(left, right)) {
            differences.add(
                    "%s: want %s%ngot  %s"
                            .formatted(words[3], words[5], HexFormat.of().formatHex(got)));
        }
    }

    private static String withoutChance(byte[] frame) {
        return new String(frame, StandardCharsets.ISO_8859_1)
                .replaceAll("nonce=\"[^\"]*\"", "nonce=…")
                .replaceAll("rspauth=[0-9a-f]{32}", "rspauth=…");
    }

    private static byte[] masked(byte[] frame, String masks) {
        byte[] left = frame.clone();
        if (!masks.equals("-")) {
            for (String mask : masks.split(",")) {
                String[] parts = mask.split(":");
                int from = Integer.parseInt(parts[0]);
                Arrays.fill(left, from, from + Integer.parseInt(parts[1]), (byte) 0);
            }
        }
        return left;
    }

    /** The JDK's own client, as the user bob. */
    static SaslClient client(String password) throws SaslException {
        return Sasl.createSaslClient(
                new String[] {"DIGEST-MD5"},
                "bob",
                "zookeeper",
                "zk-sasl-md5",
                Map.of(),
                callbacks -> {
                    for (Callback callback : callbacks) {
                        switch (callback) {
                            case NameCallback name -> name.setName("bob");
                            case PasswordCallback secret ->
                                    secret.setPassword(password.toCharArray());
                            case RealmCallback realm -> realm.setText(realm.getDefaultText());
                            default -> throw new IllegalStateException("asked for " + callback);
                        }
                    }
                });
    }
}
