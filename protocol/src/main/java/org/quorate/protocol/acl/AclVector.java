package org.quorate.protocol.acl;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * An access control list where it stands in a request, transaction or snapshot: a flyweight that
 * walks the entries in place. Valid as long as the bytes below it; owned by one thread.
 *
 * <p>{@link #encoded()} is canonical (well-formed text, one form of the empty list), so equal lists
 * have equal bytes and a table of lists can be keyed by them.
 */
public final class AclVector {
    private static final byte[] EMPTY = new byte[4];
    private static final int ENTRY_BYTES_MIN = 12;

    /** Permission bits of the current entry. */
    public int perms;

    /** Scheme of the current entry. */
    public final Slice scheme = new Slice();

    /** Id of the current entry. */
    public final Slice id = new Slice();

    private final Slice encoded = new Slice();
    private final JuteIn walk = new JuteIn(Integer.MAX_VALUE);
    private int count = -1;
    private int left;

    /**
     * Reads the vector and checks all of it.
     *
     * @throws org.quorate.protocol.jute.JuteException if it is not well formed
     */
    public AclVector read(JuteIn in) {
        int from = in.position();
        count = in.readCount(ENTRY_BYTES_MIN);
        boolean canonical = true;
        for (int i = 0; i < count; i++) {
            in.readInt();
            canonical &= in.readText(scheme);
            canonical &= in.readText(scheme);
        }
        if (count == 0) {
            encoded.set(EMPTY, 0, EMPTY.length);
        } else {
            encoded.set(in.array(), from, in.position() - from);
        }
        rewind();
        if (!canonical) {
            set(toList());
        }
        return this;
    }

    /** Points at a list in its encoded form, as {@link #encoded()} gave it. */
    public AclVector set(Slice encodedList) {
        return read(new JuteIn(Integer.MAX_VALUE).wrap(encodedList));
    }

    /** Points at an encoded copy of a value. */
    public AclVector set(AclList list) {
        byte[] bytes = list.encoded();
        encoded.set(bytes, 0, bytes.length);
        count = list.entries().size();
        return rewind();
    }

    /** Makes this the null list. */
    public AclVector setNull() {
        count = -1;
        encoded.setNull();
        return rewind();
    }

    /** Null on the wire: count −1. */
    public boolean isNull() {
        return count < 0;
    }

    /** Number of entries; 0 when null. */
    public int count() {
        return Math.max(count, 0);
    }

    /**
     * The whole vector including its count; a null list is the four bytes of −1 or a null slice.
     */
    public Slice encoded() {
        return encoded;
    }

    /** Goes back in front of the first entry. */
    public AclVector rewind() {
        left = count();
        if (left > 0) {
            walk.wrap(encoded).readInt();
        }
        return this;
    }

    /** Steps to the next entry and fills {@link #perms}, {@link #scheme} and {@link #id}. */
    public boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        perms = walk.readInt();
        walk.readText(scheme);
        walk.readText(id);
        return true;
    }

    /** A copy as a value; empty when null. */
    public AclList toList() {
        List<Acl> entries = new ArrayList<>(count());
        for (rewind(); next(); ) {
            entries.add(new Acl(perms, new Id(scheme.text(), id.text())));
        }
        rewind();
        return new AclList(entries);
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
