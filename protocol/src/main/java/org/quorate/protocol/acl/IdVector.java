package org.quorate.protocol.acl;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * The ids of a connection as a forwarded request carries them (peer protocol §4, authinfo): a
 * flyweight in place, valid as long as the bytes below it; owned by one thread.
 */
public final class IdVector {
    private static final int ENTRY_BYTES_MIN = 8;

    private final Slice encoded = new Slice();
    private final Slice text = new Slice();
    private int count = -1;

    /**
     * Reads the vector and checks all of it.
     *
     * @throws org.quorate.protocol.jute.JuteException if it is not well formed
     */
    public IdVector read(JuteIn in) {
        int from = in.position();
        count = in.readCount(ENTRY_BYTES_MIN);
        for (int i = 0; i < count; i++) {
            in.readSlice(text);
            in.readSlice(text);
        }
        encoded.set(in.array(), from, in.position() - from);
        return this;
    }

    /** Points at an encoded copy of the ids. */
    public IdVector set(List<Id> ids) {
        JuteOut out = new JuteOut(64);
        out.writeInt(ids.size());
        for (Id id : ids) {
            out.writeString(id.scheme()).writeString(id.id());
        }
        encoded.set(out.array(), 0, out.size());
        count = ids.size();
        return this;
    }

    /** Makes this the null vector, which every packet but a forwarded request carries. */
    public IdVector setNull() {
        count = -1;
        encoded.setNull();
        return this;
    }

    /** Null on the wire: count −1. A real leader fails on a forwarded request without ids. */
    public boolean isNull() {
        return count < 0;
    }

    /** Number of ids; 0 when null. */
    public int count() {
        return Math.max(count, 0);
    }

    /** The whole vector including its count, for whoever wants to recognise ids seen before. */
    public Slice encoded() {
        return encoded;
    }

    /** A copy as values; empty when null. */
    public List<Id> toList() {
        if (count <= 0) {
            return List.of();
        }
        JuteIn in = new JuteIn(Integer.MAX_VALUE).wrap(encoded);
        in.readInt();
        List<Id> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            in.readSlice(text);
            String scheme = text.text();
            in.readSlice(text);
            ids.add(new Id(scheme, text.text()));
        }
        return ids;
    }

    /** Writes the vector. */
    public void write(JuteOut out) {
        if (isNull()) {
            out.writeInt(-1);
        } else {
            out.writeRaw(encoded);
        }
    }
}
