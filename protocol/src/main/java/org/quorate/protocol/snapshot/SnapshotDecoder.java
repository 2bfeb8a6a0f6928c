package org.quorate.protocol.snapshot;

import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;

/**
 * Turns bytes, as they come, into calls of a {@link SnapshotSink}. The stream has no frames, so
 * whoever feeds it keeps what was not consumed and puts it in front of the next bytes. Owned by one
 * thread.
 */
public final class SnapshotDecoder {
    private enum Part {
        SESSION_COUNT,
        SESSIONS,
        ACL_COUNT,
        ACLS,
        NODES,
        DONE
    }

    private final SnapshotSink sink;
    private final JuteIn in;
    private final int recordBytesMax;
    private final AclVector acl = new AclVector();
    private final SnapshotNode node = new SnapshotNode();
    private Part part = Part.SESSION_COUNT;
    private int left;

    public SnapshotDecoder(SnapshotSink sink) {
        this(sink, JuteIn.FIELD_BYTES_MAX_DEFAULT);
    }

    /**
     * @param fieldBytesMax longest accepted string or data; a record may be three times as long
     */
    public SnapshotDecoder(SnapshotSink sink, int fieldBytesMax) {
        this.sink = sink;
        this.in = new JuteIn(fieldBytesMax);
        this.recordBytesMax = (int) Math.min(3L * fieldBytesMax, Integer.MAX_VALUE);
    }

    /**
     * Decodes all whole records in the range, but nothing behind the end mark.
     *
     * @return how many bytes were consumed
     * @throws JuteException if the bytes are not a snapshot, or the sink finds they cannot be one
     */
    public int decode(byte[] bytes, int from, int to) {
        in.wrap(bytes, from, to);
        int consumedTo = from;
        try {
            while (part != Part.DONE) {
                step();
                consumedTo = in.position();
            }
        } catch (JuteException e) {
            if (!e.endsEarly() || to - consumedTo > recordBytesMax) {
                throw e;
            }
        }
        return consumedTo - from;
    }

    /** True once the end mark was read. */
    public boolean done() {
        return part == Part.DONE;
    }

    private void step() {
        switch (part) {
            case SESSION_COUNT -> begin(Part.SESSIONS, Part.ACL_COUNT);
            case SESSIONS -> {
                long sessionId = in.readLong();
                sink.session(sessionId, in.readInt());
                countDown(Part.ACL_COUNT);
            }
            case ACL_COUNT -> begin(Part.ACLS, Part.NODES);
            case ACLS -> {
                long ref = in.readLong();
                sink.acl(ref, acl.read(in));
                countDown(Part.NODES);
            }
            case NODES -> {
                in.readText(node.path);
                if (node.path.length() == 1 && node.path.at(0) == '/') {
                    part = Part.DONE;
                    sink.end();
                } else {
                    sink.node(node.readBehindPath(in));
                }
            }
            case DONE -> {}
        }
    }

    private void begin(Part elements, Part behind) {
        int count = in.readInt();
        if (count < 0) {
            throw new JuteException("negative count %d in a snapshot".formatted(count));
        }
        left = count;
        part = count == 0 ? behind : elements;
    }

    private void countDown(Part behind) {
        if (--left == 0) {
            part = behind;
        }
    }
}
