package org.quorate.protocol.client;

import java.util.Collection;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * A vector of strings where it stands in a request or transaction: a flyweight that walks it in
 * place, so that a hostile count costs nothing. Valid as long as the bytes below it; owned by one
 * thread.
 */
public final class PathVector {
    private static final int ELEMENT_BYTES_MIN = 4;

    /** The current string. */
    public final Slice path = new Slice();

    private final Slice encoded = new Slice();
    private final JuteIn walk = new JuteIn(Integer.MAX_VALUE);
    private int count = -1;
    private int left;

    /**
     * Reads the vector and checks all of it.
     *
     * @throws org.quorate.protocol.jute.JuteException if it is not well formed
     */
    public PathVector read(JuteIn in) {
        count = in.readCount(ELEMENT_BYTES_MIN);
        int from = in.position();
        for (int i = 0; i < count; i++) {
            in.skipSlice();
        }
        encoded.set(in.array(), from, in.position() - from);
        return rewind();
    }

    /** Points at an encoded copy of the strings. */
    public PathVector set(Collection<String> paths) {
        JuteOut out = new JuteOut(256);
        paths.forEach(out::writeString);
        count = paths.size();
        encoded.set(out.array(), 0, out.size());
        return rewind();
    }

    /** Makes this the null vector. */
    public PathVector setNull() {
        count = -1;
        encoded.setNull();
        return rewind();
    }

    /** Null on the wire: count −1. */
    public boolean isNull() {
        return count < 0;
    }

    /** Number of strings; 0 when null. */
    public int count() {
        return Math.max(count, 0);
    }

    /** Goes back in front of the first string. */
    public PathVector rewind() {
        left = count();
        walk.wrap(encoded);
        return this;
    }

    /** Steps to the next string and fills {@link #path}. */
    public boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        walk.readText(path);
        return true;
    }

    /** Writes the vector. */
    public void write(JuteOut out) {
        out.writeInt(count).writeRaw(encoded);
    }
}
