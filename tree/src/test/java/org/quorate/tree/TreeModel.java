package org.quorate.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.quorate.protocol.acl.AclList;

/**
 * What transactions do to a tree (disk formats §4), written down the plainest way: a sorted map.
 */
final class TreeModel {
    private static final class Node {
        byte[] data;
        AclList acl;
        long czxid;
        long mzxid;
        long pzxid;
        long ctime;
        long mtime;
        int version;
        int cversion;
        int aversion;
        long owner;
    }

    private final TreeMap<String, Node> nodes = new TreeMap<>();
    final TreeMap<Long, Integer> sessions = new TreeMap<>();

    TreeModel() {
        plant("");
        plant("/zookeeper");
        plant("/zookeeper/quota");
        plant("/zookeeper/config").acl = AclList.READ_ONLY;
        nodes.get("/zookeeper/config").aversion = -1;
    }

    private Node plant(String path) {
        Node node = new Node();
        node.data = new byte[0];
        node.acl = AclList.OPEN;
        nodes.put(path, node);
        return node;
    }

    boolean exists(String path) {
        return nodes.containsKey(path);
    }

    boolean hasChildren(String path) {
        String next = nodes.higherKey(path + "/");
        return next != null && next.startsWith(path + "/");
    }

    /** True if it was made. */
    boolean create(
            String path,
            byte[] data,
            AclList acl,
            long owner,
            int parentCversion,
            long zxid,
            long time) {
        Node parent = nodes.get(parent(path));
        if (parent == null) {
            return false;
        }
        Node existing = nodes.get(path);
        if (existing != null) {
            existing.acl = acl;
            raise(parent, parentCversion, zxid);
            return false;
        }
        raise(parent, parentCversion, zxid);
        Node node = new Node();
        node.data = data;
        node.acl = acl;
        node.czxid = zxid;
        node.mzxid = zxid;
        node.pzxid = zxid;
        node.ctime = time;
        node.mtime = time;
        node.owner = owner;
        nodes.put(path, node);
        return true;
    }

    private static void raise(Node parent, int toCversion, long zxid) {
        int cversion = toCversion == -1 ? parent.cversion + 1 : toCversion;
        if (cversion > parent.cversion) {
            parent.cversion = cversion;
            parent.pzxid = zxid;
        }
    }

    void delete(String path, long zxid) {
        Node parent = nodes.get(parent(path));
        if (parent == null) {
            return;
        }
        parent.pzxid = Math.max(parent.pzxid, zxid);
        nodes.remove(path);
        nodes.subMap(path + "/", path + "0").clear();
    }

    void setData(String path, byte[] data, int version, long zxid, long time) {
        Node node = nodes.get(path);
        if (node != null) {
            node.data = data;
            node.version = version;
            node.mzxid = zxid;
            node.mtime = time;
        }
    }

    void setAcl(String path, AclList acl, int version, long zxid) {
        Node node = nodes.get(path);
        if (node != null) {
            node.acl = acl;
            node.aversion = version;
        }
    }

    void closeSession(long session, long zxid) {
        for (String path : ephemerals(session)) {
            delete(path, zxid);
        }
        sessions.remove(session);
    }

    TreeSet<String> ephemerals(long session) {
        TreeSet<String> paths = new TreeSet<>();
        nodes.forEach((path, node) -> {
            if (node.owner == session && session != 0) {
                paths.add(path);
            }
        });
        return paths;
    }

    /** As {@link TreeScript#dump} has it. */
    TreeSet<String> dump() {
        TreeSet<String> lines = new TreeSet<>();
        sessions.forEach((id, timeout) -> lines.add("session " + id + " " + timeout));
        for (Map.Entry<String, Node> entry : nodes.entrySet()) {
            Node n = entry.getValue();
            String path = entry.getKey();
            lines.add(
                    "%s %s %s %x %x %x %d %d %d %d %d %x"
                            .formatted(
                                    path.isEmpty() ? "/" : path,
                                    n.data == null ? "null" : HexFormat.of().formatHex(n.data),
                                    n.acl.entries(),
                                    n.czxid,
                                    n.mzxid,
                                    n.pzxid,
                                    n.ctime,
                                    n.mtime,
                                    n.version,
                                    n.cversion,
                                    n.aversion,
                                    n.owner));
        }
        return lines;
    }

    /** Disk formats §6, from the bytes. */
    long digest() {
        long sum = 0;
        for (Map.Entry<String, Node> entry : nodes.entrySet()) {
            if (!entry.getKey().startsWith("/zookeeper/")) {
                Node n = entry.getValue();
                CRC32 crc = new CRC32();
                crc.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
                crc.update(n.data == null ? new byte[0] : n.data);
                ByteBuffer stat = ByteBuffer.allocate(60);
                stat.putLong(n.czxid).putLong(n.mzxid).putLong(n.pzxid);
                stat.putLong(n.ctime).putLong(n.mtime);
                stat.putInt(n.version).putInt(n.cversion).putInt(n.aversion).putLong(n.owner);
                crc.update(stat.array());
                sum += crc.getValue();
            }
        }
        return sum;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(path.lastIndexOf('/'), 0));
    }
}
