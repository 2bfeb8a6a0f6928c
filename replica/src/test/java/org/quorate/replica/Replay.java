package org.quorate.replica;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Plays a recorded conversation to a {@link Host} and compares what comes back: bytes outside the
 * masks must be the same; masked values must be the same where the recorded ones were, and zxids
 * must be in the recorded order.
 */
final class Replay {
    /** Their reply's zxid is the last one applied, which may have moved for other reasons. */
    private static final Set<String> READS =
            Set.of(
                    "ping",
                    "exists",
                    "getData",
                    "getACL",
                    "getChildren",
                    "getChildren2",
                    "getAllChildrenNumber",
                    "getEphemerals",
                    "whoAmI",
                    "sync",
                    "multiRead",
                    "setWatches",
                    "setWatches2",
                    "addWatch",
                    "checkWatches",
                    "removeWatches");

    /** Their lists come in no defined order. */
    private static final Set<String> UNORDERED =
            Set.of("getChildren", "getChildren2", "getEphemerals", "whoAmI", "multiRead");

    private static final int HEADER_ZXID_AT = 8;
    private static final String VERSION = "\nversion=";

    private final IntFunction<Host> hostOf;
    private final Map<Integer, Host.Client> clients = new HashMap<>();
    private final Map<String, byte[]> actualOf = new HashMap<>();
    private final List<String> differences = new ArrayList<>();

    private Replay(IntFunction<Host> hostOf) {
        this.hostOf = hostOf;
    }

    /** Says what differs, in words. */
    static List<String> play(Scenario scenario, Host host) {
        return play(scenario, _ -> host);
    }

    /**
     * The same where the connections of a scenario go to several servers.
     *
     * @param hostOf the server of a connection, by the connection's number
     */
    static List<String> play(Scenario scenario, IntFunction<Host> hostOf) {
        Replay replay = new Replay(hostOf);
        for (int i = 0; i < scenario.steps().size(); i++) {
            replay.play(i, scenario.steps().get(i));
        }
        replay.compareZxidOrder();
        replay.clients.values().forEach(Host.Client::hangUp);
        return replay.differences;
    }

    private void play(int index, Scenario.Step step) {
        hostOf.apply(step.connection()).pass(step.waitMillis());
        if (step.isEvent()) {
            event(index, step);
        } else if (step.direction().equals("c2s")) {
            send(step);
        } else {
            compare(index, step);
        }
    }

    private void event(int index, Scenario.Step step) {
        Host.Client client = clients.get(step.connection());
        if (client == null || client.closed && client.frames.isEmpty()) {
            return;
        }
        if (step.operation().equals("server-closes")) {
            byte[] frame = client.receive();
            if (frame != null) {
                differ(index, step, "frame instead of close: " + hex(frame));
            } else if (!client.closed) {
                differ(index, step, "the server did not close");
            }
            client.hangUp();
        } else if (!step.direction().equals("s2c")) {
            client.hangUp();
        }
    }

    private void send(Scenario.Step step) {
        byte[] bytes = step.bytes().clone();
        for (Scenario.Mask mask : step.masks()) {
            byte[] actual = actualOf.get(key(step, mask));
            if (actual != null) {
                System.arraycopy(actual, 0, bytes, mask.offset(), mask.length());
            }
        }
        clients.computeIfAbsent(step.connection(), c -> hostOf.apply(c).connect()).send(bytes);
    }

    private void compare(int index, Scenario.Step step) {
        Host.Client client = clients.get(step.connection());
        byte[] frame = client == null ? null : client.receive();
        if (frame == null) {
            boolean closed = client == null || client.closed;
            differ(index, step, closed ? "closed instead of a frame" : "no frame came");
            return;
        }
        byte[] expected = step.bytes().clone();
        if (frame.length != expected.length) {
            differ(index, step, "want " + hex(expected) + "\n        got  " + hex(frame));
            return;
        }
        byte[] actual = frame.clone();
        for (Scenario.Mask mask : step.masks()) {
            compareMasked(index, step, mask, frame);
            Arrays.fill(expected, mask.offset(), mask.offset() + mask.length(), (byte) 0);
            Arrays.fill(actual, mask.offset(), mask.offset() + mask.length(), (byte) 0);
        }
        blankVersion(expected);
        blankVersion(actual);
        if (UNORDERED.contains(step.operation())) {
            Arrays.sort(expected);
            Arrays.sort(actual);
        }
        if (!Arrays.equals(expected, actual)) {
            differ(index, step, "want " + hex(step.bytes()) + "\n        got  " + hex(frame));
        }
    }

    /** The version in a configuration's text is the zxid of whatever made it. */
    private static void blankVersion(byte[] frame) {
        String text = new String(frame, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(VERSION);
        if (at >= 0) {
            for (int i = at + VERSION.length(); i < frame.length && frame[i] > ' '; i++) {
                frame[i] = '0';
            }
        }
    }

    private void compareMasked(int index, Scenario.Step step, Scenario.Mask mask, byte[] frame) {
        byte[] actual = Arrays.copyOfRange(frame, mask.offset(), mask.offset() + mask.length());
        byte[] before = actualOf.putIfAbsent(key(step, mask), actual);
        boolean mayMove =
                mask.kind().equals("time")
                        || mask.kind().equals("zxid")
                                && mask.offset() == HEADER_ZXID_AT
                                && READS.contains(step.operation());
        if (before != null && !Arrays.equals(before, actual) && !mayMove) {
            differ(index, step, "inconsistent " + mask.kind());
        }
        boolean isZero = Arrays.equals(actual, new byte[actual.length]);
        if (isZero && (mask.kind().equals("session") || mask.kind().equals("zxid"))) {
            differ(index, step, "zero " + mask.kind());
        }
    }

    private void compareZxidOrder() {
        List<long[]> pairs = new ArrayList<>();
        actualOf.forEach((key, actual) -> {
            if (key.startsWith("zxid ")) {
                long recorded = Long.parseUnsignedLong(key.substring(5), 16);
                pairs.add(new long[] {recorded, ByteBuffer.wrap(actual).getLong()});
            }
        });
        pairs.sort((a, b) -> Long.compare(a[0], b[0]));
        for (int i = 1; i < pairs.size(); i++) {
            if (pairs.get(i - 1)[1] >= pairs.get(i)[1]) {
                differences.add(
                        "zxid order: recorded %x, %x but got %x, %x"
                                .formatted(
                                        pairs.get(i - 1)[0],
                                        pairs.get(i)[0],
                                        pairs.get(i - 1)[1],
                                        pairs.get(i)[1]));
            }
        }
    }

    private static String key(Scenario.Step step, Scenario.Mask mask) {
        return mask.kind()
                + " "
                + HexFormat.of()
                        .formatHex(step.bytes(), mask.offset(), mask.offset() + mask.length());
    }

    private void differ(int index, Scenario.Step step, String how) {
        differences.add(
                "step %d, connection %d, %s: %s"
                        .formatted(index, step.connection(), step.operation(), how));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 160));
    }
}
