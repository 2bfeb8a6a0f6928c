package org.quorate.replica;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.acl.IdVector;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.TouchTable;

/**
 * What this server does while another leads: forwards requests that it has decoded in full, and
 * reports whose clients gave a sign of life. Owned by the core thread.
 */
final class Learner {
    private static final long NO_ZXID = -1;

    private final Standing standing;
    private final Connections connections;
    private final JuteOut packet = new JuteOut(4096);

    /** Sessions reported since the last question to the leader. */
    private List<Session> reported = new ArrayList<>();

    /**
     * Sessions reported before that question: its answer proves that the leader has read of them.
     */
    private List<Session> asked = new ArrayList<>();

    /** The leader has answered since somebody looked. */
    private boolean answered;

    private final List<Connection> lapsed = new ArrayList<>();

    Learner(Standing standing, Connections connections) {
        this.standing = standing;
        this.connections = connections;
    }

    /** The touch with the leader is lost: nobody can say whether it has heard the last report. */
    void lost() {
        reported.clear();
        asked.clear();
        lapsed.clear();
        answered = false;
    }

    /**
     * Forwards a request.
     *
     * @param frame header and body; the body goes as the client sent it
     */
    void forward(long sessionId, int cxid, int type, byte[] frame, int to, IdVector ids) {
        int at = QuorumPacket.begin(packet.clear(), PacketType.REQUEST, NO_ZXID);
        packet.writeLong(sessionId).writeInt(cxid).writeInt(type);
        packet.writeRaw(frame, RequestHeader.BYTES, to - RequestHeader.BYTES);
        QuorumPacket.end(packet, at, ids);
        standing.zab().forward(packet.array(), 0, packet.size());
    }

    /** The leader is asked a question, behind what was reported until now. */
    void touchesAsked() {
        asked.clear();
        List<Session> spare = asked;
        asked = reported;
        reported = spare;
        for (Session session : asked) {
            session.askedNanos = session.reportedNanos;
        }
    }

    /**
     * The leader has answered. Asked itself, it has read what was reported before the question.
     * Otherwise it is to be asked about each session whose proof grows old.
     */
    void touchesRead(boolean itself) {
        for (Session session : asked) {
            Connection connection = session.connection;
            if (itself) {
                vouch(session);
            } else if (connection != null
                    && standing.nowNanos - connection.vouchedNanos()
                            > Sessions.halfNanos(connection.timeoutMillis())) {
                lapsed.add(connection);
            }
        }
        asked.clear();
        answered = true;
    }

    /** Whether the leader has answered since this was asked last. */
    boolean takeAnswered() {
        boolean taken = answered;
        answered = false;
        return taken;
    }

    /**
     * What was reported of this session has arrived at the leader: before the session's deadline
     * there, if that is so by what was known to have arrived earlier. Else the report may have come
     * too late, and only the leader can say.
     */
    private void vouch(Session session) {
        Connection connection = session.connection;
        if (connection == null || session.askedNanos - connection.vouchedNanos() <= 0) {
            return;
        }
        if (standing.nowNanos - connection.vouchedNanos()
                <= Sessions.sureNanos(connection.timeoutMillis())) {
            connection.vouchedNanos(session.askedNanos);
        } else {
            lapsed.add(connection);
        }
    }

    /** Connections whose sessions the leader is to be asked about. */
    List<Connection> takeLapsed() {
        if (lapsed.isEmpty()) {
            return List.of();
        }
        List<Connection> taken = List.copyOf(lapsed);
        lapsed.clear();
        return taken;
    }

    /** Writes the sessions that gave a sign of life since the last report. */
    void touchTable(JuteOut out) {
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.at(i);
            Session session = connection.session;
            if (session != null && connection.sessionId() != 0 && !session.local) {
                long sign = session.lastSignNanos();
                if (sign != session.reportedNanos) {
                    session.reportedNanos = sign;
                    TouchTable.writeEntry(out, session.id, connection.timeoutMillis());
                    reported.add(session);
                }
            }
        }
    }
}
