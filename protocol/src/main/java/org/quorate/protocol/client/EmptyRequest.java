package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteOut;

/** ping, whoAmI and closeSession: nothing but the header. */
public final class EmptyRequest implements Request {
    public int type;

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {}
}
