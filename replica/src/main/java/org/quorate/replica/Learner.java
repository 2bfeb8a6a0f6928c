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

    /** Sessions in the last report; the next question of the leader proves that it arrived. */
    private List<Session> reported = new ArrayList<>();

    private List<Session> reporting = new ArrayList<>();

    Learner(Standing standing, Connections connections) {
        this.standing = standing;
        this.connections = connections;
    }

    /** The touch with the leader is lost: nobody can say whether it has heard the last report. */
    void lost() {
        reported.clear();
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

    /** Writes the sessions that gave a sign of life since the last report. */
    void touchTable(JuteOut out) {
        for (Session session : reported) {
            Connection connection = session.connection;
            if (connection != null) {
                connection.vouchedNanos(session.reportedNanos);
            }
        }
        reporting.clear();
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.at(i);
            Session session = connection.session;
            if (session != null && connection.sessionId() != 0 && !session.local) {
                long sign = session.lastSignNanos();
                if (sign != session.reportedNanos) {
                    session.reportedNanos = sign;
                    TouchTable.writeEntry(out, session.id, connection.timeoutMillis());
                    reporting.add(session);
                }
            }
        }
        List<Session> spare = reported;
        reported = reporting;
        reporting = spare;
    }
}
