package org.quorate.replica;

import java.util.Locale;

/** Why a leader has declared a session over, as far as a leader can tell. */
public enum ExpiryCause {
    /**
     * Its connection to the leader was open, but nothing came: the client pauses, or is cut off.
     */
    SILENT("its connection to the leader is open, but nothing came"),
    /** It was connected to the leader, lost that connection, and did not come back in time. */
    LOST("it lost its connection to the leader and did not come back in time"),
    /** It belonged to another server, which reported no sign of life in time. */
    ELSEWHERE("another server, which it belonged to, reported no sign of life"),
    /** No request of it, pings apart, has come since the leader began to lead. */
    UNUSED("no request of it has come since the leader began to lead"),
    /** It was bound to its connection, and that is gone for longer than it had asked for. */
    UNBOUND("it was bound to its connection, which is gone");

    private final String meaning;

    ExpiryCause(String meaning) {
        this.meaning = meaning;
    }

    /** The name in JSON and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** In a few words, for people. */
    public String meaning() {
        return meaning;
    }
}
