package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.zab.Role;
import org.quorate.zab.Zab;

/**
 * What all parts of the replica need to know: the time, the role, and whom to ask. Written by
 * {@link Replica}.
 */
final class Standing {
    final ReplicaOptions options;
    final Contact contact = new Contact();
    Role role = Role.LOOKING;
    long nowNanos;

    /** The log has no room: writes are refused before they become transactions. */
    boolean diskFull;

    private @Nullable Zab zab;

    Standing(ReplicaOptions options) {
        this.options = options;
    }

    void zab(Zab theZab) {
        zab = theZab;
    }

    Zab zab() {
        Zab known = zab;
        if (known == null) {
            throw new IllegalStateException("the replica is not put together yet");
        }
        return known;
    }

    boolean isServing() {
        return role.isServing();
    }

    boolean isLeading() {
        return role.kind() == Role.Kind.LEADING;
    }

    /** Follows or observes. */
    boolean isLearning() {
        return isServing() && !isLeading();
    }
}
