package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteException;

/** What a server says of itself in a {@link Notification}. */
public enum PeerState {
    LOOKING(0),
    FOLLOWING(1),
    LEADING(2),
    OBSERVING(3);

    private final int code;

    PeerState(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    static PeerState ofCode(int code) {
        return switch (code) {
            case 0 -> LOOKING;
            case 1 -> FOLLOWING;
            case 2 -> LEADING;
            case 3 -> OBSERVING;
            default -> throw new JuteException("notification with state " + code);
        };
    }
}
