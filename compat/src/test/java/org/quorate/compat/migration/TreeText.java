package org.quorate.compat.migration;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * The whole tree as one server tells it: each path with its data, lists and every field of Stat.
 */
final class TreeText {
    private TreeText() {}

    static Map<String, String> of(ZooKeeper client) throws KeeperException, InterruptedException {
        Map<String, String> nodes = new TreeMap<>();
        add(client, "/", nodes);
        return nodes;
    }

    private static void add(ZooKeeper client, String path, Map<String, String> nodes)
            throws KeeperException, InterruptedException {
        Stat stat = new Stat();
        byte[] data = client.getData(path, false, stat);
        nodes.put(
                path,
                "%s %s %s"
                        .formatted(
                                Arrays.toString(data),
                                client.getACL(path, null),
                                stat.toString().strip()));
        for (String child : sorted(client, path)) {
            String below = path.equals("/") ? "/" + child : path + "/" + child;
            // Each server shows its configuration and its quotas for itself.
            if (!below.equals("/zookeeper")) {
                add(client, below, nodes);
            }
        }
    }

    private static Iterable<String> sorted(ZooKeeper client, String path)
            throws KeeperException, InterruptedException {
        var children = client.getChildren(path, false);
        Collections.sort(children);
        return children;
    }
}
