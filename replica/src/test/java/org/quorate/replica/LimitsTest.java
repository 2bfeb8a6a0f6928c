package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetAclRequest;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.TreeOptions;

/** What happens at each limit and past it. */
class LimitsTest {
    @Test
    void aFullTreeRefusesGrowthAndNothingElse() {
        long empty;
        try (Host host = new Host(ReplicaOptions.defaults(1000))) {
            empty = host.tree.memoryBytes();
        }
        try (Host host =
                new Host(
                        ReplicaOptions.defaults(1000),
                        new TreeOptions(empty + 200_000, false, true))) {
            Caller caller = Caller.open(host);
            int created = 0;
            int err = ErrorCode.OK;
            while (err == ErrorCode.OK && created < 10_000) {
                err = caller.create("/n" + created, "x".repeat(500), 0);
                created++;
            }
            assertThat(err).isEqualTo(Preparer.TREE_FULL);
            assertThat(caller.setData("/n0", "x".repeat(501))).isEqualTo(Preparer.TREE_FULL);
            assertThat(caller.setData("/n0", "y".repeat(500))).isZero();
            assertThat(caller.getData("/n0")).startsWith("y");
            assertThat(multi(caller, Caller.createRequest(1, "/m", "", 0, AclList.OPEN))).isZero();
            assertThat(caller.exists("/m", false)).isEqualTo(ErrorCode.NO_NODE);
            for (int i = 0; i < created - 1; i++) {
                assertThat(caller.delete("/n" + i)).isZero();
            }
            assertThat(caller.create("/again", "x", 0)).isZero();
        }
    }

    @Test
    void aTransactionThatNobodyCouldReadIsRefused() {
        // Each operation grows by the ids that stand for `auth`.
        try (Host host =
                new Host(ReplicaOptions.builder(1000).serverId(1).frameBytesMax(4096).build())) {
            Caller caller = Caller.open(host);
            for (int i = 0; i < 40; i++) {
                assertThat(caller.auth("digest", "user" + i + ":password")).isZero();
            }
            AclList auth = AclList.of(new Acl(31, new Id("auth", "")));
            assertThat(
                            multi(
                                    caller,
                                    Caller.createRequest(1, "/a", "", 0, auth),
                                    Caller.createRequest(1, "/b", "", 0, auth)))
                    .isZero();
            Request[] many = new Request[20];
            for (int i = 0; i < many.length; i++) {
                many[i] = Caller.createRequest(1, "/many" + i, "", 0, auth);
            }
            assertThat(multi(caller, many)).isEqualTo(ErrorCode.MARSHALLING_ERROR);
            assertThat(caller.exists("/many0", false)).isEqualTo(ErrorCode.NO_NODE);
            assertThat(caller.create("/many0", "", 0)).isZero();
        }
    }

    /** ZooKeeper's own znodes are as any others. */
    @Test
    void accessListsHoldBelowZookeeperToo() {
        try (Host host = new Host(ReplicaOptions.builder(1000).serverId(1).build())) {
            Caller ann = Caller.open(host);
            Caller bob = Caller.open(host);
            assertThat(ann.auth("digest", "ann:password")).isZero();
            assertThat(bob.auth("digest", "bob:password")).isZero();
            assertThat(bob.create("/zookeeper/quota/open", "", 0)).isZero();
            AclList auth = AclList.of(new Acl(Perms.ALL, new Id("auth", "")));
            for (String path : List.of("/zookeeper", "/zookeeper/quota")) {
                SetAclRequest request = new SetAclRequest();
                request.path.set(Slice.of(path));
                request.acl.set(auth);
                request.version = -1;
                assertThat(ann.call(request)).as(path).isZero();

                assertThat(bob.setData(path, "x")).as(path).isEqualTo(ErrorCode.NO_AUTH);
                assertThat(bob.create(path + "/n", "", 0)).as(path).isEqualTo(ErrorCode.NO_AUTH);
                assertThat(bob.getData(path)).as(path).isNull();
                assertThat(bob.call(request)).as(path).isEqualTo(ErrorCode.NO_AUTH);
                assertThat(ann.create(path + "/n", "", 0)).as(path).isZero();
            }
            assertThat(bob.delete("/zookeeper/quota/open")).isEqualTo(ErrorCode.NO_AUTH);
            assertThat(bob.setData("/zookeeper/config", "x")).isEqualTo(ErrorCode.NO_AUTH);
            assertThat(bob.getData("/zookeeper/config")).isNotNull();
        }
    }

    @Test
    void hardQuotasCountWhatIsStillUnderWay() {
        try (Host host =
                new Host(ReplicaOptions.builder(1000).serverId(1).enforceQuota(true).build())) {
            Caller caller = Caller.open(host);
            for (String path : List.of("/q", "/zookeeper/quota/q")) {
                assertThat(caller.create(path, "", 0)).isZero();
            }
            caller.create(
                    "/zookeeper/quota/q/zookeeper_limits",
                    "count=-1,bytes=-1=;byteHardLimit=100;countHardLimit=4",
                    0);
            caller.create("/zookeeper/quota/q/zookeeper_stats", "", 0);
            host.logging = false;
            for (int i = 0; i < 5; i++) {
                caller.send(Caller.createRequest(1, "/q/n" + i, "0123456789", 0, AclList.OPEN));
            }
            caller.send(Caller.setDataRequest("/q/n0", "x".repeat(80), -1));
            caller.send(Caller.setDataRequest("/q/n0", "x".repeat(81), -1));
            caller.send(Caller.deleteRequest("/q/n1", -1));
            caller.send(Caller.createRequest(1, "/q/n9", "", 0, AclList.OPEN));
            host.logging = true;
            int[] expected = {
                0,
                0,
                0,
                ErrorCode.QUOTA_EXCEEDED,
                ErrorCode.QUOTA_EXCEEDED,
                0,
                ErrorCode.QUOTA_EXCEEDED,
                0,
                0
            };
            for (int i = 0; i < expected.length; i++) {
                assertThat(caller.receive()).as("reply %d", i).isEqualTo(expected[i]);
            }
        }
    }

    @Test
    void aRunOfCommitsLetsReadersInNowAndThen() {
        try (Host host = new Host(ReplicaOptions.defaults(1000))) {
            Caller caller = Caller.open(host);
            caller.create("/n", "", 0);
            host.logging = false;
            int writes = 4 * Commits.RUN_TXNS_MAX;
            for (int i = 0; i < writes; i++) {
                caller.send(Caller.setDataRequest("/n", "", -1));
            }
            assertThat(host.replica.outstanding()).isEqualTo(writes);
            host.turn();
            int before = host.gateClosings;
            host.logging = true;
            host.turn();
            host.turn();
            assertThat(host.gateClosings - before).isBetween(4, 8);
            for (int i = 0; i < writes; i++) {
                assertThat(caller.receive()).isZero();
            }
            assertThat(host.replica.outstanding()).isZero();
        }
    }

    static int multi(Caller caller, Request... ops) {
        JuteOut out = new JuteOut();
        for (Request op : ops) {
            MultiFrame.beginRequest(out, op.type());
            op.write(out);
        }
        MultiFrame.end(out);
        MultiRequest request = new MultiRequest().read(OpCode.MULTI, new JuteIn().wrap(out.copy()));
        return caller.call(request);
    }
}
