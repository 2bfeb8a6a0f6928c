package org.quorate.compat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;

/**
 * Replies and events as text in which equal behaviour is equal text: session ids by their number in
 * the test, wall times by nothing but whether they are there, unordered lists sorted.
 */
final class Rendering {
    private final Map<Long, Integer> sessionNumbers;

    /**
     * @param sessionNumbers the server's session ids and what this test calls them
     */
    Rendering(Map<Long, Integer> sessionNumbers) {
        this.sessionNumbers = sessionNumbers;
    }

    /** An event, behind its header. */
    static String event(JuteIn in, long zxid) {
        return "event type=%d state=%d path=%s zxid=%x"
                .formatted(in.readInt(), in.readInt(), in.readString(), zxid);
    }

    /** A reply's body with error 0. */
    String body(int type, JuteIn in) {
        return switch (type) {
            case OpCode.CREATE, OpCode.SYNC -> String.valueOf(in.readString());
            case OpCode.CREATE2, OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL ->
                    in.readString() + " " + stat(in);
            case OpCode.EXISTS, OpCode.SET_DATA, OpCode.SET_ACL -> stat(in);
            case OpCode.GET_DATA -> data(in) + " " + stat(in);
            case OpCode.GET_ACL -> acl(in) + " " + stat(in);
            case OpCode.GET_CHILDREN, OpCode.GET_EPHEMERALS -> strings(in);
            case OpCode.GET_CHILDREN2 -> strings(in) + " " + stat(in);
            case OpCode.GET_ALL_CHILDREN_NUMBER, OpCode.ADD_WATCH -> "int " + in.readInt();
            case OpCode.WHO_AM_I -> pairs(in);
            case OpCode.MULTI, OpCode.MULTI_READ -> multi(in);
            default -> "%d bytes".formatted(in.remaining());
        };
    }

    private String multi(JuteIn in) {
        StringBuilder text = new StringBuilder();
        while (true) {
            int type = in.readInt();
            boolean done = in.readBool();
            int err = in.readInt();
            text.append('[').append(type).append(' ').append(err);
            if (done) {
                return text.append(']').toString();
            }
            text.append(' ');
            switch (type) {
                case OpCode.ERROR -> text.append(in.readInt());
                case OpCode.DELETE, OpCode.CHECK -> {}
                default -> text.append(body(type, in));
            }
            text.append(']');
        }
    }

    private String stat(JuteIn in) {
        Stat stat = new Stat().read(in);
        Integer owner = sessionNumbers.get(stat.ephemeralOwner);
        return "cz=%x mz=%x pz=%x ct=%s mt=%s%s v=%d cv=%d av=%d owner=%s len=%d kids=%d"
                .formatted(
                        stat.czxid,
                        stat.mzxid,
                        stat.pzxid,
                        time(stat.ctimeMillis),
                        time(stat.mtimeMillis),
                        stat.mtimeMillis < stat.ctimeMillis ? "<ct" : "",
                        stat.version,
                        stat.cversion,
                        stat.aversion,
                        owner == null ? Long.toString(stat.ephemeralOwner) : "S" + owner,
                        stat.dataLength,
                        stat.childCount);
    }

    private static String time(long millis) {
        return millis == 0 ? "0" : "T";
    }

    private static String data(JuteIn in) {
        byte[] bytes = in.readBuffer();
        return bytes == null ? "null" : "'" + java.util.HexFormat.of().formatHex(bytes) + "'";
    }

    private static String acl(JuteIn in) {
        int count = in.readInt();
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(in.readInt() + ":" + in.readString() + ":" + in.readString());
        }
        // The ids that scheme auth expands to have no defined order.
        Collections.sort(entries);
        return count + entries.toString();
    }

    private static String pairs(JuteIn in) {
        int count = in.readInt();
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(in.readString() + ":" + in.readString());
        }
        Collections.sort(entries);
        return entries.toString();
    }

    private static String strings(JuteIn in) {
        int count = in.readInt();
        List<String> strings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            strings.add(String.valueOf(in.readString()));
        }
        Collections.sort(strings);
        return strings.toString();
    }
}
