package org.quorate.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** Directories that ZooKeeper wrote make the tree that ZooKeeper made of them. */
class SamplesTest {
    private final DataTree tree =
            new DataTree(new TreeOptions(Long.MAX_VALUE, /* extendedTypes= */ true, true));

    @ParameterizedTest
    @CsvSource({
        "standalone-alltypes, 10",
        "fuzzy-snapshot, 1",
        "ensemble3-s1, 5",
        "ensemble3-observer4, 1",
        "after-trunc, 1",
        "standalone-gzip, 2",
        "logs-without-snapshot-trust-empty, 150",
        "snapshot-style-35, 10"
    })
    void aDirectoryOfZooKeeperGivesTheSameTree(String sample, int digestsMin) {
        assertThat(SampleDirectory.load(sample, tree)).isGreaterThanOrEqualTo(digestsMin);
        TreeSet<String> missing = new TreeSet<>(SampleDirectory.expected(sample));
        TreeSet<String> unexpected = new TreeSet<>(describe());
        unexpected.removeAll(missing);
        missing.removeAll(describe());
        assertThat(unexpected).as("beside these missing: %s", missing).isEmpty();
        assertThat(missing).isEmpty();
    }

    private List<String> describe() {
        List<String> lines = new ArrayList<>();
        lines.add("zxid\t" + hex(tree.lastZxid()));
        lines.add("digest\t" + Long.toUnsignedString(tree.digest()));
        tree.forEachSession(
                (id, timeoutMillis) -> lines.add("session\t" + hex(id) + "\t" + timeoutMillis));
        TreeSet<Long> owners = new TreeSet<>();
        tree.forEachEphemeralOwner((id, timeoutMillis) -> owners.add(id));
        for (long owner : owners) {
            tree.forEachEphemeral(
                    owner, node -> lines.add("ephemeral\t" + hex(owner) + "\t" + path(node)));
        }
        tree.forEachContainer(node -> lines.add("container\t" + path(node)));
        tree.forEachTtlNode(node -> lines.add("ttl\t" + path(node)));
        tree.forEachBelow(tree.root(), node -> lines.add(describe(node)));
        return lines;
    }

    private String describe(int node) {
        NodeState s = new NodeState();
        tree.load(node, s);
        Stat stat = new Stat();
        tree.stat(node, stat);
        List<String> acl = new ArrayList<>();
        for (Acl entry : tree.acls().list(s.aclRef).entries()) {
            acl.add(entry.perms() + ":" + entry.id().scheme() + ":" + entry.id().id());
        }
        String path = path(node);
        long digest = Integer.toUnsignedLong(s.digest);
        return String.join(
                "\t",
                "node",
                path,
                data(node).isNull()
                        ? "null"
                        : "b" + Base64.getEncoder().encodeToString(data(node).copy()),
                hex(s.czxid),
                hex(s.mzxid),
                hex(s.pzxid),
                Long.toString(s.ctimeMillis),
                Long.toString(s.mtimeMillis),
                Integer.toString(s.version),
                Integer.toString(s.cversion),
                Integer.toString(s.aversion),
                hex(s.ephemeralOwner),
                Integer.toString(stat.cversion),
                Integer.toString(stat.childCount),
                String.join(",", acl),
                Long.toString(digest));
    }

    private Slice data(int node) {
        JuteOut field = new JuteOut();
        tree.writeData(node, field);
        Slice data = new Slice();
        new JuteIn(Integer.MAX_VALUE).wrap(field.array(), 0, field.size()).readSlice(data);
        return data;
    }

    private String path(int node) {
        JuteOut out = new JuteOut();
        tree.writePath(node, out);
        return new Slice().set(out.array(), 0, out.size()).text();
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
