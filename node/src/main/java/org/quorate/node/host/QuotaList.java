package org.quorate.node.host;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.quorate.node.admin.ServerView;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;

/** Reads the quotas of first components out of the tree (client protocol §16). Stateless. */
final class QuotaList {
    private static final String ROOT = "/zookeeper/quota";
    private static final long NONE = -1;

    private QuotaList() {}

    /** To be called while nobody writes the tree. */
    static List<ServerView.Quota> of(DataTree tree) {
        List<ServerView.Quota> quotas = new ArrayList<>();
        int root = tree.find(Slice.of(ROOT));
        if (root == DataTree.NONE) {
            return quotas;
        }
        JuteOut path = new JuteOut();
        JuteOut name = new JuteOut();
        Slice behind = new Slice();
        for (int node = tree.firstChild(root);
                node != DataTree.NONE;
                node = tree.childAfter(root, behind)) {
            tree.writeName(node, name.clear());
            behind.set(name.array(), 0, name.size());
            tree.writePath(node, path.clear());
            String at = new String(path.array(), 0, path.size(), StandardCharsets.UTF_8);
            String limits = data(tree, at + "/zookeeper_limits");
            String stats = data(tree, at + "/zookeeper_stats");
            if (!limits.isEmpty()) {
                quotas.add(
                        new ServerView.Quota(
                                at.substring(ROOT.length() + 1),
                                value(limits, "count"),
                                value(stats, "count"),
                                value(limits, "bytes"),
                                value(stats, "bytes")));
            }
        }
        return quotas;
    }

    private static String data(DataTree tree, String path) {
        int node = tree.find(Slice.of(path));
        if (node == DataTree.NONE) {
            return "";
        }
        JuteOut out = new JuteOut();
        tree.writeData(node, out);
        String text = new JuteIn().wrap(out.array(), 0, out.size()).readString();
        return text == null ? "" : text;
    }

    /** Of {@code count=5,bytes=100=;byteHardLimit=200}; −1 if it is not there. */
    private static long value(String text, String key) {
        for (String part : text.split("[,;]")) {
            String[] pair = part.split("=");
            if (pair.length >= 2 && pair[0].strip().equals(key)) {
                try {
                    return Long.parseLong(pair[1].strip());
                } catch (NumberFormatException e) {
                    return NONE; // any client may write there
                }
            }
        }
        return NONE;
    }
}
