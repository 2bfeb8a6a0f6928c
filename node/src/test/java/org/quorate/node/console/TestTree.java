package org.quorate.node.console;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/** A tree without a server. */
final class TestTree {
    private TestTree() {}

    /** With znodes {@code /n0}, {@code /n1}, …, beside {@code /zookeeper}. */
    static DataTree withChildren(int count) {
        DataTree tree = new DataTree(TreeOptions.DEFAULT);
        for (int i = 0; i < count; i++) {
            create(tree, "/n" + i, i + 1);
        }
        return tree;
    }

    private static void create(DataTree tree, String path, long zxid) {
        TxnHeader header = new TxnHeader();
        header.zxid = zxid;
        header.type = OpCode.CREATE;
        CreateTxn txn = new CreateTxn();
        txn.path.set(Slice.of(path));
        txn.data.setNull();
        txn.acl.set(AclList.OPEN);
        txn.parentCversion = (int) zxid;
        JuteOut out = new JuteOut();
        header.write(out);
        txn.write(out);
        tree.apply(new TxnRecord().read(new JuteIn().wrap(out.array(), 0, out.size())), null);
    }
}
