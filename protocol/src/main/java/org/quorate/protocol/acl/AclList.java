package org.quorate.protocol.acl;

import java.util.List;
import org.quorate.protocol.jute.JuteOut;

/**
 * An access control list as a value: equal when it has the same entries in the same order. Null
 * lists are not represented: whoever reads one decides what it means.
 */
public record AclList(List<Acl> entries) {
    /** {@code world:anyone} may do everything. */
    public static final AclList OPEN = of(new Acl(Perms.ALL, Id.ANYONE));

    /** {@code world:anyone} may read. */
    public static final AclList READ_ONLY = of(new Acl(Perms.READ, Id.ANYONE));

    public AclList {
        entries = List.copyOf(entries);
    }

    public static AclList of(Acl... entries) {
        return new AclList(List.of(entries));
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
}
