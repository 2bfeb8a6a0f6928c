package org.quorate.protocol.acl;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;

/**
 * An access control list as a value: equal when it has the same entries in the same order. Null
 * lists are not represented: whoever reads one decides what it means. Any thread.
 */
public final class AclList {
    /** {@code world:anyone} may do everything. */
    public static final AclList OPEN = of(new Acl(Perms.ALL, Id.ANYONE));

    /** {@code world:anyone} may read. */
    public static final AclList READ_ONLY = of(new Acl(Perms.READ, Id.ANYONE));

    private final List<Acl> entries;

    /** Made when it is asked for: by two threads at once twice, and alike. */
    private volatile @Nullable AclIndex index;

    public AclList(List<Acl> entries) {
        this.entries = List.copyOf(entries);
    }

    public static AclList of(Acl... entries) {
        return new AclList(List.of(entries));
    }

    public List<Acl> entries() {
        return entries;
    }

    /** Finds entries of a long list; of a short one it is not worth what it holds. */
    public AclIndex index() {
        AclIndex known = index;
        if (known == null) {
            known = new AclIndex(entries);
            index = known;
        }
        return known;
    }

    /** Writes the vector: count, then perms, scheme and id of each entry. */
    public void write(JuteOut out) {
        out.writeInt(entries.size());
        for (Acl entry : entries) {
            out.writeInt(entry.perms());
            out.writeString(entry.id().scheme()).writeString(entry.id().id());
        }
    }

    /** The vector's bytes, as {@link #write} makes them. */
    public byte[] encoded() {
        JuteOut out = new JuteOut(64);
        write(out);
        return out.copy();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AclList list && entries.equals(list.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
