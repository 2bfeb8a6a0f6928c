package org.quorate.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CloseSessionTxn;
import org.quorate.protocol.txn.CreateSessionTxn;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.DeleteTxn;
import org.quorate.protocol.txn.ErrorTxn;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.protocol.txn.SetAclTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;

/** Makes transactions of all kinds as a leader would, applies them to a tree, adds its digest. */
final class RandomTxns {
    private static final AclList[] ACLS = {
        AclList.OPEN,
        AclList.READ_ONLY,
        AclList.of(new Acl(Perms.ALL, new Id("digest", "a:b")), new Acl(Perms.READ, Id.ANYONE)),
    };

    private final DataTree tree;
    private final Random random;
    private final List<String> paths = new ArrayList<>(List.of("/"));
    private final List<Long> sessions = new ArrayList<>();
    private final TxnRecord record = new TxnRecord();
    private final NodeState state = new NodeState();
    private long zxid;
    private int cxid;

    RandomTxns(DataTree tree, Random random) {
        this.tree = tree;
        this.random = random;
        this.zxid = tree.lastZxid();
    }

    /** The next one goes into the next epoch, which is returned. */
    long nextEpoch() {
        zxid = Zxid.of(Zxid.epoch(zxid) + 1, 0);
        return Zxid.epoch(zxid);
    }

    /** Header, record, digest of the tree after it. */
    byte[] next() {
        zxid++;
        JuteOut out = new JuteOut();
        long session = sessions.isEmpty() ? 0x100 : sessions.get(random.nextInt(sessions.size()));
        Txn txn = draw(session);
        if (txn.type() == OpCode.CREATE_SESSION) {
            session = 0x1000 + zxid;
            sessions.add(session);
        }
        new TxnHeader()
                .set(session, cxid++, zxid, 1_700_000_000_000L + zxid, txn.type())
                .write(out);
        txn.write(out);
        byte[] bytes = out.copy();
        tree.apply(record.read(new JuteIn().wrap(bytes)), null);
        TxnDigest.write(out, TxnDigest.VERSION, tree.digest());
        return out.copy();
    }

    private Txn draw(long session) {
        return switch (random.nextInt(sessions.size() > 12 ? 13 : 12)) {
            case 0, 1, 2, 3 -> create(new int[] {1, 15, 19, 21}[random.nextInt(4)]);
            case 4, 5, 6 -> setData();
            case 7 -> delete();
            case 8 -> setAcl();
            case 9 -> multi();
            case 10 -> {
                CreateSessionTxn txn = new CreateSessionTxn();
                txn.timeoutMillis = 4000 + random.nextInt(1000);
                yield txn;
            }
            case 12 -> close(session);
            default -> {
                ErrorTxn txn = new ErrorTxn();
                txn.err = -110;
                yield txn;
            }
        };
    }

    private Txn create(int type) {
        String parent = paths.get(random.nextInt(paths.size()));
        tree.load(tree.find(Slice.of(parent.equals("/") ? "" : parent)), state);
        boolean leaf = type != OpCode.CREATE_CONTAINER && random.nextInt(3) > 0;
        CreateTxn txn = new CreateTxn();
        txn.type = type;
        String name = (random.nextInt(9) == 0 ? "é中" : "n") + zxid;
        String path = (parent.equals("/") ? "" : parent) + "/" + name;
        txn.path.set(Slice.of(path));
        setSomeData(txn.data);
        txn.acl.set(ACLS[random.nextInt(ACLS.length)]);
        txn.ephemeral =
                (type == 1 || type == 15) && leaf && random.nextInt(3) == 0 && !sessions.isEmpty();
        txn.parentCversion = state.cversion + 1;
        txn.ttlMillis = type == OpCode.CREATE_TTL ? 5000 : 0;
        if (!leaf && !txn.ephemeral && type != OpCode.CREATE_TTL) {
            paths.add(path);
        }
        return txn;
    }

    private void setSomeData(Slice data) {
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        if (random.nextInt(6) == 0) {
            data.setNull();
        } else {
            data.set(bytes, 0, bytes.length);
        }
    }

    private String somePath() {
        return paths.size() < 2 ? "/missing" : paths.get(1 + random.nextInt(paths.size() - 1));
    }

    private Txn setData() {
        SetDataTxn txn = new SetDataTxn();
        txn.type = OpCode.SET_DATA;
        txn.path.set(Slice.of(somePath()));
        setSomeData(txn.data);
        txn.version = (int) zxid;
        return txn;
    }

    private Txn setAcl() {
        SetAclTxn txn = new SetAclTxn();
        txn.path.set(Slice.of(somePath()));
        txn.acl.set(ACLS[random.nextInt(ACLS.length)]);
        txn.version = (int) zxid;
        return txn;
    }

    private Txn delete() {
        DeleteTxn txn = new DeleteTxn();
        txn.type = OpCode.DELETE;
        String path = somePath();
        int node = tree.find(Slice.of(path));
        if (node != DataTree.NONE) {
            tree.load(node, state);
            path = state.childCount == 0 ? path : "/missing";
        }
        paths.remove(path);
        txn.path.set(Slice.of(path));
        return txn;
    }

    private Txn multi() {
        JuteOut out = new JuteOut();
        int at = MultiTxn.begin(out);
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            Txn txn = setData();
            int op = MultiTxn.beginOp(out, txn.type());
            txn.write(out);
            MultiTxn.endOp(out, op);
        }
        MultiTxn.end(out, at, count);
        return new MultiTxn().read(new JuteIn().wrap(out.copy()));
    }

    private Txn close(long session) {
        sessions.remove(session);
        List<String> owned = new ArrayList<>();
        JuteOut path = new JuteOut();
        tree.forEachEphemeral(
                session,
                node -> {
                    path.clear();
                    tree.writePath(node, path);
                    owned.add(Slice.of(path.copy()).text());
                });
        CloseSessionTxn txn = new CloseSessionTxn();
        txn.paths.set(owned);
        return txn;
    }
}
