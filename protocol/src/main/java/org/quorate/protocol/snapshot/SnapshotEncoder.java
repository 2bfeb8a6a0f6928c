package org.quorate.protocol.snapshot;

import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteOut;

/**
 * Turns a {@link SnapshotSource} into bytes, as many at a time as the caller wants: sessions,
 * lists, nodes and the end mark {@code "/"}. Owned by one thread.
 */
public final class SnapshotEncoder {
    /** The path behind the last node, and behind each seal of a file. */
    public static final String END_MARK = "/";

    /** The string behind the end mark when a snapshot goes over the wire. */
    public static final String WIRE_SIGNATURE = "BenWasHere";

    private enum Part {
        SESSION_COUNT,
        SESSIONS,
        ACL_COUNT,
        ACLS,
        NODES,
        DONE
    }

    private final SnapshotSource source;
    private final SnapshotSession session = new SnapshotSession();
    private final AclVector acl = new AclVector();
    private final SnapshotNode node = new SnapshotNode();
    private Part part = Part.SESSION_COUNT;

    public SnapshotEncoder(SnapshotSource source) {
        this.source = source;
    }

    /**
     * Appends whole records until at least {@code bytesMin} were appended or the end is reached.
     *
     * @return false if the end mark has been written, now or before
     */
    public boolean encode(JuteOut out, int bytesMin) {
        int enough = out.size() + bytesMin;
        while (part != Part.DONE && out.size() < enough) {
            step(out);
        }
        return part != Part.DONE;
    }

    private void step(JuteOut out) {
        switch (part) {
            case SESSION_COUNT -> {
                out.writeInt(source.sessionCount());
                part = Part.SESSIONS;
            }
            case SESSIONS -> {
                if (source.nextSession(session)) {
                    out.writeLong(session.sessionId).writeInt(session.timeoutMillis);
                } else {
                    part = Part.ACL_COUNT;
                }
            }
            case ACL_COUNT -> {
                out.writeInt(source.aclCount());
                part = Part.ACLS;
            }
            case ACLS -> {
                long ref = source.nextAcl(acl);
                if (ref != 0) {
                    out.writeLong(ref);
                    acl.write(out);
                } else {
                    part = Part.NODES;
                }
            }
            case NODES -> {
                if (source.nextNode(node)) {
                    node.write(out);
                } else {
                    out.writeString(END_MARK);
                    part = Part.DONE;
                }
            }
            case DONE -> {}
        }
    }
}
