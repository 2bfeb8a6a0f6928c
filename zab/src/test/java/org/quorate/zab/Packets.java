package org.quorate.zab;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.TxnHeader;

/** Bytes of peers in scripts. */
final class Packets {
    private Packets() {}

    static byte[] packet(int type, long zxid) {
        return packet(type, zxid, null);
    }

    static byte[] packet(int type, long zxid, byte @Nullable [] data) {
        JuteOut out = new JuteOut();
        Slice slice = data == null ? new Slice() : Slice.of(data);
        QuorumPacket.write(out, type, zxid, slice);
        return out.copy();
    }

    static byte[] proposal(long zxid) {
        return packet(PacketType.PROPOSAL, zxid, txn(zxid));
    }

    static byte[] commit(long zxid) {
        return packet(PacketType.COMMIT, zxid);
    }

    static byte[] ack(long zxid) {
        return packet(PacketType.ACK, zxid);
    }

    static byte[] newLeader(long epoch, EnsembleConfig config) {
        return packet(
                PacketType.NEW_LEADER, epoch << 32, config.text().getBytes(StandardCharsets.UTF_8));
    }

    static byte[] leaderInfo(long epoch) {
        return packet(PacketType.LEADER_INFO, epoch << 32, new byte[] {0, 1, 0, 0});
    }

    static byte[] followerInfo(long serverId, long acceptedEpoch) {
        return info(PacketType.FOLLOWER_INFO, serverId, acceptedEpoch, 0x10000, 0);
    }

    static byte[] info(
            int type, long serverId, long acceptedEpoch, int protocolVersion, long configVersion) {
        JuteOut data = new JuteOut().writeLong(serverId).writeInt(protocolVersion);
        return packet(type, acceptedEpoch << 32, data.writeLong(configVersion).copy());
    }

    static byte[] ackEpoch(int currentEpoch, long zxid) {
        return packet(PacketType.ACK_EPOCH, zxid, new JuteOut().writeInt(currentEpoch).copy());
    }

    static byte[] txn(long zxid) {
        return txn(zxid, OpCode.SET_DATA, "/n", "x");
    }

    static byte[] reconfig(long zxid, EnsembleConfig next) {
        return txn(zxid, OpCode.RECONFIG, "/zookeeper/config", next.withVersion(zxid).text());
    }

    static byte[] txn(long zxid, int type, String path, String data) {
        JuteOut out = new JuteOut();
        new TxnHeader().set(1, 1, zxid, 1, type).write(out);
        SetDataTxn txn = new SetDataTxn();
        txn.type = type;
        txn.path.set(Slice.of(path));
        txn.data.set(Slice.of(data));
        txn.write(out);
        return out.copy();
    }
}
