package org.quorate.cli.fuzz;

import java.util.Arrays;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.ForwardedRequest;
import org.quorate.protocol.peer.InitialMessage;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.peer.Revalidation;
import org.quorate.protocol.peer.TouchTable;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/**
 * What another server says: the first byte chooses which message the others are. A message that is
 * taken is what it is written as again.
 */
public final class PeerFuzz {
    private static final int SNAPSHOT_PIECE_BYTES = 7;

    private PeerFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] message = Arrays.copyOfRange(data, 1, data.length);
        try {
            read(data[0] & 0x0f, message);
        } catch (JuteException | ConfigSyntaxException e) {
            return; // refused
        }
    }

    private static void read(int kind, byte[] message) {
        JuteIn in = new JuteIn().wrap(message);
        Slice slice = new Slice();
        slice.set(message, 0, message.length);
        switch (kind) {
            case 0 -> packet(message);
            case 1 -> Notification.read(in).writeFrame(new JuteOut());
            case 2 -> InitialMessage.read(in).write(new JuteOut());
            case 3 -> LearnerInfo.read(slice).write(new JuteOut());
            case 4 -> LeaderInfo.read(slice).write(new JuteOut());
            case 5 -> {
                ForwardedRequest request = new ForwardedRequest().read(slice);
                new RequestDecoder().decode(request.type, new JuteIn().wrap(request.body));
            }
            case 6 -> new Revalidation().readQuestion(slice);
            case 7 -> new Revalidation().readAnswer(slice);
            case 8 -> {
                TouchTable table = new TouchTable().read(slice);
                while (table.next()) {}
            }
            case 9 -> {
                EnsembleConfig config = EnsembleConfig.parse(new String(message));
                same(EnsembleConfig.parse(config.text()), config);
            }
            case 10, 11 -> transaction(message);
            default -> snapshot(message);
        }
    }

    private static void packet(byte[] message) {
        QuorumPacket packet = new QuorumPacket().read(new JuteIn().wrap(message));
        JuteOut out = new JuteOut();
        packet.write(out);
        QuorumPacket again = new QuorumPacket().read(new JuteIn().wrap(out.copy()));
        same(again.type + ":" + again.zxid, packet.type + ":" + packet.zxid);
    }

    private static void transaction(byte[] message) {
        try (DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
            TxnRecord record = new TxnRecord();
            JuteOut out = new JuteOut();
            record.read(new JuteIn().wrap(message)).write(out);
            tree.apply(record, null);
        }
    }

    private static void snapshot(byte[] message) {
        try (DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
            SnapshotDecoder decoder = new SnapshotDecoder(tree.install(0), 1 << 20);
            int at = 0;
            byte[] kept = new byte[0];
            while (at < message.length && !decoder.done()) {
                int more = Math.min(SNAPSHOT_PIECE_BYTES, message.length - at);
                byte[] bytes = Arrays.copyOf(kept, kept.length + more);
                System.arraycopy(message, at, bytes, kept.length, more);
                at += more;
                int taken = decoder.decode(bytes, 0, bytes.length);
                kept = Arrays.copyOfRange(bytes, taken, bytes.length);
            }
        }
    }

    private static void same(Object is, Object expected) {
        if (!is.equals(expected)) {
            throw new IllegalStateException(is + " and not " + expected);
        }
    }
}
