package org.quorate.sim;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * A snapshot as ZooKeeper writes one (disk formats §7.1): the tree is walked while transactions go
 * on, so its znodes are of two times. Named by the first; sessions and access lists are those of
 * the first, the digest is that of the second. Each znode comes with the children that it had when
 * it was walked, as far as they are still there when their turn comes.
 */
final class FuzzyView implements SnapshotSource {
    private final SnapshotSource begin;
    private final SnapshotSource end;
    private final Iterator<byte[]> nodes;

    /**
     * @param begin when the walk begins; closed with this
     * @param end of the same tree, later; closed with this
     * @param early so many znodes are walked before {@code end}
     */
    FuzzyView(SnapshotSource begin, SnapshotSource end, int early) {
        this.begin = begin;
        this.end = end;
        List<byte[]> walked = new ArrayList<>();
        walk("", nodes(begin), nodes(end), early, walked);
        this.nodes = walked.iterator();
    }

    private static NavigableMap<String, byte[]> nodes(SnapshotSource view) {
        TreeMap<String, byte[]> nodes = new TreeMap<>();
        SnapshotNode node = new SnapshotNode();
        while (view.nextNode(node)) {
            JuteOut out = new JuteOut();
            node.write(out);
            nodes.put(node.path.text(), out.copy());
        }
        return nodes;
    }

    private static void walk(
            String path,
            NavigableMap<String, byte[]> early,
            NavigableMap<String, byte[]> late,
            int earlyCount,
            List<byte[]> into) {
        NavigableMap<String, byte[]> now = into.size() < earlyCount ? early : late;
        byte[] node = now.get(path);
        if (node == null) {
            return; // gone since its parent was walked
        }
        into.add(node);
        String below = path + "/";
        for (String child : now.tailMap(below, false).keySet()) {
            if (!child.startsWith(below)) {
                break;
            }
            if (child.indexOf('/', below.length()) < 0) {
                walk(child, early, late, earlyCount, into);
            }
        }
    }

    @Override
    public long lastZxid() {
        return begin.lastZxid();
    }

    @Override
    public long digestZxid() {
        return end.digestZxid();
    }

    @Override
    public long treeDigest() {
        return end.treeDigest();
    }

    @Override
    public int sessionCount() {
        return begin.sessionCount();
    }

    @Override
    public boolean nextSession(SnapshotSession into) {
        return begin.nextSession(into);
    }

    @Override
    public int aclCount() {
        return begin.aclCount();
    }

    @Override
    public long nextAcl(AclVector into) {
        return begin.nextAcl(into);
    }

    @Override
    public boolean nextNode(SnapshotNode into) {
        if (!nodes.hasNext()) {
            return false;
        }
        into.read(new JuteIn(Integer.MAX_VALUE).wrap(nodes.next()));
        return true;
    }

    @Override
    public void close() {
        begin.close();
        end.close();
    }
}
