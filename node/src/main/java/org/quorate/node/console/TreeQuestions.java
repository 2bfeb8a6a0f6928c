package org.quorate.node.console;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.node.admin.ServerView;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;
import org.quorate.tree.Owner;

/**
 * What the page asks about the tree. Who has not signed in sees what a client without credentials
 * may read: a Stat always, data and children where the access list lets anyone read. Any thread
 * that may wait.
 */
final class TreeQuestions {
    /** Data beyond it is not shown, but may be downloaded. */
    static final int SHOWN_BYTES_MAX = 64 << 10;

    static final int PAGE_DEFAULT = 100;
    static final int PAGE_MAX = 1_000;

    /** Watches of the server, beyond which nobody looks for those of one znode. */
    static final int WATCHES_MAX = 200_000;

    static final int WATCHERS_SHOWN_MAX = 200;

    private final ServerView server;
    private final TreeAccess tree;
    private final ChildPage pages;

    TreeQuestions(ServerView server, TreeAccess tree) {
        this.server = server;
        this.tree = tree;
        this.pages = new ChildPage(tree, System::nanoTime);
    }

    /** The node of a path as the page writes it, {@code /} for the root. */
    static int find(DataTree tree, String path) {
        return path.equals("/") ? tree.root() : tree.find(Slice.of(path));
    }

    /** A node's fixed part, its access list and, if wanted, its data, at one moment. */
    private record Node(NodeState state, Stat stat, List<Acl> acl, Slice data) {}

    private Node load(String path, boolean withData) throws Refusal {
        if (!path.startsWith("/") || path.length() > 1 && path.endsWith("/")) {
            throw new Refusal(400, "a path begins with / and does not end with it");
        }
        @Nullable Node found =
                tree.read(all -> {
                    int id = find(all, path);
                    return id == DataTree.NONE ? null : load(all, id, withData);
                });
        if (found == null) {
            throw new Refusal(404, "there is no znode " + path);
        }
        return found;
    }

    private static Node load(DataTree all, int id, boolean withData) {
        NodeState state = new NodeState();
        all.load(id, state);
        Stat stat = new Stat();
        all.stat(state, stat);
        Slice data = new Slice().setNull();
        if (withData) {
            JuteOut out = new JuteOut();
            all.writeData(id, out);
            new JuteIn(Integer.MAX_VALUE).wrap(out.array(), 0, out.size()).readSlice(data);
        }
        return new Node(state, stat, all.acls().list(state.aclRef).entries(), data);
    }

    private boolean mayRead(Node node, boolean signedIn) {
        return signedIn
                || server.config().behaviour().skipAcl()
                || node.acl().stream()
                        .anyMatch(acl ->
                                acl.id().equals(Id.ANYONE) && (acl.perms() & Perms.READ) != 0);
    }

    /** A page of children, with what the list shows of each. */
    Map<String, Object> children(Map<String, String> query, boolean signedIn) throws Refusal {
        String path = query.getOrDefault("path", "/");
        Node parent = load(path, false);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("path", path);
        answer.put("total", parent.stat().childCount);
        if (!mayRead(parent, signedIn)) {
            answer.put("hidden", true);
            answer.put("children", List.of());
            return answer;
        }
        ChildPage.Wish wish =
                new ChildPage.Wish(
                        path,
                        query.getOrDefault("prefix", ""),
                        query.getOrDefault("after", ""),
                        limit(query));
        ChildPage.Names page = pages.list(wish, parent.stat().childCount);
        answer.put("sorted", page.sorted());
        answer.put("more", page.more());
        answer.put("complete", page.complete());
        answer.put("children", brief(path, page.names()));
        return answer;
    }

    private static int limit(Map<String, String> query) throws Refusal {
        try {
            int limit = Integer.parseInt(query.getOrDefault("limit", String.valueOf(PAGE_DEFAULT)));
            return Math.clamp(limit, 1, PAGE_MAX);
        } catch (NumberFormatException e) {
            throw new Refusal(400, "limit is not a number");
        }
    }

    private List<Map<String, Object>> brief(String path, List<String> names) {
        boolean extended = server.config().treeOptions().extendedTypes();
        return tree.read(all -> {
            List<Map<String, Object>> children = new ArrayList<>();
            int parent = find(all, path);
            NodeState state = new NodeState();
            for (String name : names) {
                int child =
                        parent == DataTree.NONE ? DataTree.NONE : all.child(parent, Slice.of(name));
                if (child == DataTree.NONE) {
                    continue; // gone meanwhile
                }
                all.load(child, state);
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("name", name);
                fields.put("children", state.childCount);
                fields.put("bytes", state.dataLength);
                fields.put("kind", kind(state.ephemeralOwner, extended));
                fields.put("mtimeMillis", state.mtimeMillis);
                children.add(fields);
            }
            return children;
        });
    }

    private static String kind(long owner, boolean extendedTypes) {
        if (Owner.isContainer(owner)) {
            return "container";
        }
        if (Owner.isTtl(owner, extendedTypes)) {
            return "ttl";
        }
        return owner == Owner.NONE ? "persistent" : "ephemeral";
    }

    /** All about one znode. */
    Map<String, Object> node(Map<String, String> query, boolean signedIn) throws Refusal {
        String path = query.getOrDefault("path", "/");
        Node node = load(path, true);
        boolean extended = server.config().treeOptions().extendedTypes();
        long owner = node.state().ephemeralOwner;
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("path", path);
        answer.put("kind", kind(owner, extended));
        if (Owner.isSession(owner, extended)) {
            answer.put("owner", Hex.of(owner));
        } else if (Owner.isTtl(owner, extended)) {
            answer.put("ttlMillis", Owner.ttlMillis(owner));
        }
        answer.put("stat", stat(node.stat()));
        if (!mayRead(node, signedIn)) {
            answer.put("hidden", true);
            return answer;
        }
        answer.put("acl", node.acl().stream().map(TreeQuestions::acl).toList());
        if (!node.data().isNull()) {
            byte[] data = node.data().copy();
            answer.put("truncated", data.length > SHOWN_BYTES_MAX);
            byte[] shown = Arrays.copyOf(data, Math.min(data.length, SHOWN_BYTES_MAX));
            answer.put("data", Base64.getEncoder().encodeToString(shown));
        }
        return answer;
    }

    /** The data as a whole. */
    byte[] data(Map<String, String> query, boolean signedIn) throws Refusal {
        Node node = load(query.getOrDefault("path", "/"), true);
        if (!mayRead(node, signedIn)) {
            throw new Refusal(403, "its access list does not let anyone read it");
        }
        return node.data().isNull() ? new byte[0] : node.data().copy();
    }

    /** Sessions of this server that watch a znode's data or children. */
    Map<String, Object> watchers(Map<String, String> query) throws IOException {
        String path = query.getOrDefault("path", "/");
        Map<String, Object> answer = new LinkedHashMap<>();
        if (server.counts().watches() > WATCHES_MAX) {
            answer.put("tooMany", true);
            return answer;
        }
        List<String> sessions = new ArrayList<>();
        server.watches()
                .forEach((session, paths) -> {
                    if (paths.contains(path)) {
                        sessions.add(Hex.of(session));
                    }
                });
        answer.put("count", sessions.size());
        answer.put("sessions", sessions.stream().limit(WATCHERS_SHOWN_MAX).toList());
        return answer;
    }

    private static Map<String, Object> acl(Acl acl) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("scheme", acl.id().scheme());
        fields.put("id", acl.id().id());
        fields.put("perms", acl.perms());
        return fields;
    }

    private static Map<String, Object> stat(Stat stat) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("czxid", Hex.of(stat.czxid));
        fields.put("mzxid", Hex.of(stat.mzxid));
        fields.put("pzxid", Hex.of(stat.pzxid));
        fields.put("ctimeMillis", stat.ctimeMillis);
        fields.put("mtimeMillis", stat.mtimeMillis);
        fields.put("version", stat.version);
        fields.put("cversion", stat.cversion);
        fields.put("aversion", stat.aversion);
        fields.put("dataLength", stat.dataLength);
        fields.put("childCount", stat.childCount);
        return fields;
    }
}
