package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteOut;

/**
 * A type that no client may send: answered with Unimplemented and zxid −1, then the connection is
 * closed (client protocol §5). {@code check} outside multi and {@code deleteContainer} are such.
 */
public final class UnknownRequest implements Request {
    public int type;

    @Override
    public int type() {
        return type;
    }

    /** Writes nothing: the body's shape is not known. */
    @Override
    public void write(JuteOut out) {}
}
