package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.server.ServerCnxn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.auth.AuthenticationProvider;
import org.quorate.node.auth.Plugins;
import org.quorate.node.host.RawClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.JuteOut;

/** Clients who prove who they are to classes that are not the server's. */
class PluginTest {
    private static final String OWN = Badges.class.getName();
    private static final String ZOOKEEPERS = ZooKeepersBadges.class.getName();

    @TempDir Path dir;

    /** Whoever says {@code NAME/TEAM!} is NAME of TEAM; a list may name a whole team. */
    public static final class Badges implements AuthenticationProvider {
        static volatile CountDownLatch slow = new CountDownLatch(0);

        @Override
        public String name() {
            return "badge";
        }

        @Override
        public List<Id> authenticate(Client client, byte[] credentials) throws Exception {
            slow.await();
            String said = new String(credentials, StandardCharsets.UTF_8);
            if (said.equals("break")) {
                throw new IllegalStateException("broken");
            }
            assertThat(client.address().getAddress().isLoopbackAddress()).isTrue();
            return said.endsWith("!")
                    ? List.of(new Id("badge", said.substring(0, said.length() - 1)))
                    : List.of();
        }

        @Override
        public boolean isValid(String id) {
            return id.contains("/");
        }

        @Override
        public boolean matches(String id, String wanted) {
            return wanted.startsWith("*/") ? id.endsWith(wanted.substring(1)) : id.equals(wanted);
        }

        @Override
        public String userName(String id) {
            return id.substring(0, id.indexOf('/'));
        }
    }

    /** The same as a class of ZooKeeper's interface. */
    public static final class ZooKeepersBadges
            implements org.apache.zookeeper.server.auth.AuthenticationProvider {
        @Override
        public String getScheme() {
            return "badge";
        }

        @Override
        public KeeperException.Code handleAuthentication(ServerCnxn cnxn, byte[] credentials) {
            String said = new String(credentials, StandardCharsets.UTF_8);
            if (!said.endsWith("!")
                    || !cnxn.getRemoteSocketAddress().getAddress().isLoopbackAddress()) {
                return KeeperException.Code.AUTHFAILED;
            }
            cnxn.addAuthInfo(
                    new org.apache.zookeeper.data.Id(
                            "badge", said.substring(0, said.length() - 1)));
            return KeeperException.Code.OK;
        }

        @Override
        public boolean matches(String id, String wanted) {
            return wanted.startsWith("*/") ? id.endsWith(wanted.substring(1)) : id.equals(wanted);
        }

        @Override
        public boolean isAuthenticated() {
            return true;
        }

        @Override
        public boolean isValid(String id) {
            return id.contains("/");
        }

        @Override
        public String getUserName(String id) {
            return id.substring(0, id.indexOf('/'));
        }
    }

    private Quorate start(String... keysAndValues) throws Exception {
        Quorate.Builder builder = Quorate.builder().dataDir(dir);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            builder.property("zookeeper." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return builder.start();
    }

    private static ZooKeeper client(Quorate server, String badge) throws Exception {
        ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, event -> {});
        if (!badge.isEmpty()) {
            client.addAuthInfo("badge", badge.getBytes(StandardCharsets.UTF_8));
        }
        return client;
    }

    private static List<ACL> only(String badge) {
        return Arrays.asList(new ACL(Perms.ALL, new org.apache.zookeeper.data.Id("badge", badge)));
    }

    private void assertServesItsScheme(String className) throws Exception {
        try (Quorate server = start("authProvider.1", className);
                ZooKeeper ann = client(server, "ann/red!");
                ZooKeeper bob = client(server, "bob/red!");
                ZooKeeper eve = client(server, "eve/blue!");
                ZooKeeper nobody = client(server, "")) {
            ann.create("/ann", new byte[1], only("ann/red"), CreateMode.PERSISTENT);
            ann.create("/red", new byte[1], only("*/red"), CreateMode.PERSISTENT);
            ann.create("/mine", new byte[1], Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            assertThat(ann.getACL("/mine", null)).isEqualTo(only("ann/red"));
            assertThat(bob.getData("/red", false, null)).hasSize(1);
            bob.setData("/red", new byte[2], -1);
            for (ZooKeeper other : List.of(bob, eve, nobody)) {
                assertThatThrownBy(() -> other.getData("/ann", false, null))
                        .isInstanceOf(KeeperException.NoAuthException.class);
                assertThatThrownBy(() -> other.setData("/ann", new byte[3], -1))
                        .isInstanceOf(KeeperException.NoAuthException.class);
            }
            assertThatThrownBy(() -> eve.setData("/red", new byte[3], -1))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            assertThatThrownBy(() ->
                            ann.create("/x", new byte[0], only("no team"), CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.InvalidACLException.class);
            assertThat(ann.whoAmI())
                    .extracting(ClientInfo::getAuthScheme, ClientInfo::getUser)
                    .contains(org.assertj.core.groups.Tuple.tuple("badge", "ann"));
            try (ZooKeeper liar = client(server, "ann/red")) {
                await().until(() -> liar.getState() == ZooKeeper.States.AUTH_FAILED);
            }
        }
    }

    @Test
    void aClassOfOnesOwnMakesAScheme() throws Exception {
        assertServesItsScheme(OWN);
    }

    @Test
    void aClassOfZooKeepersKindMakesAScheme() throws Exception {
        assertServesItsScheme(ZOOKEEPERS);
    }

    @Test
    void whatAClassThrowsRefusesItsClientAndHarmsNobodyElse() throws Exception {
        try (Quorate server = start("authProvider.1", OWN);
                ZooKeeper other = client(server, "ann/red!");
                ZooKeeper client = client(server, "break")) {
            await().until(() -> client.getState() == ZooKeeper.States.AUTH_FAILED);
            assertThat(other.exists("/", false)).isNotNull();
        }
    }

    @Test
    void whatIsAskedBeforeAProofIsDoneAsWhoTheClientWasAndWhatIsBehindWaits() throws Exception {
        try (Quorate server = start("authProvider.1", OWN);
                ZooKeeper ann = client(server, "ann/red!");
                RawClient other = new RawClient(server.port(), 10_000);
                RawClient client = new RawClient(server.port(), 10_000)) {
            ann.create("/ann", new byte[1], only("ann/red"), CreateMode.PERSISTENT);
            Badges.slow = new CountDownLatch(1);
            try {
                JuteOut all = new JuteOut();
                RawClient.append(
                        all, 1, OpCode.SET_DATA, RawClient.setBody("/ann", new byte[1], -1));
                RawClient.append(
                        all,
                        -4,
                        OpCode.AUTH,
                        out ->
                                out.writeInt(0)
                                        .writeString("badge")
                                        .writeBuffer("ann/red!".getBytes(StandardCharsets.UTF_8)));
                RawClient.append(
                        all, 2, OpCode.SET_DATA, RawClient.setBody("/ann", new byte[1], -1));
                client.write(all);
                assertThat(client.read().err()).isEqualTo(ErrorCode.NO_AUTH);
                assertThat(other.ping().err()).isZero(); // nobody waits for a slow class
            } finally {
                Badges.slow.countDown();
            }
            RawClient.Reply proven = client.read();
            assertThat(proven.xid()).isEqualTo(-4);
            assertThat(proven.err()).isZero();
            RawClient.Reply behind = client.read();
            assertThat(behind.xid()).isEqualTo(2);
            assertThat(behind.err()).isZero();
        }
    }

    @Test
    void aServerMayInsistOnAPluginsScheme() throws Exception {
        try (Quorate server =
                        start(
                                "authProvider.badges",
                                OWN,
                                "enforce.auth.enabled",
                                "true",
                                "enforce.auth.schemes",
                                "badge");
                ZooKeeper ann = client(server, "ann/red!");
                RawClient nobody = new RawClient(server.port(), 10_000)) {
            assertThat(ann.exists("/", false)).isNotNull();
            assertThat(nobody.call(OpCode.EXISTS, RawClient.readBody("/", false)).err())
                    .isEqualTo(ErrorCode.SESSION_CLOSED_REQUIRE_SASL_AUTH);
        }
    }

    @Test
    void aMemberThatForwardsHasItsLeaderJudge() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, "authProvider.1=" + OWN, "")) {
            for (int id = 1; id <= 3; id++) {
                ensemble.start(id);
            }
            ensemble.awaitServing();
            int follower = ensemble.leader() == 1 ? 2 : 1;
            String port = "127.0.0.1:" + ensemble.server(follower).clientPort();
            try (ZooKeeper ann = new ZooKeeper(port, 10_000, event -> {});
                    ZooKeeper eve = new ZooKeeper(port, 10_000, event -> {})) {
                ann.addAuthInfo("badge", "ann/red!".getBytes(StandardCharsets.UTF_8));
                eve.addAuthInfo("badge", "eve/blue!".getBytes(StandardCharsets.UTF_8));
                ann.create("/red", new byte[1], only("*/red"), CreateMode.PERSISTENT);
                ann.setData("/red", new byte[2], -1);
                assertThatThrownBy(() -> eve.setData("/red", new byte[3], -1))
                        .isInstanceOf(KeeperException.NoAuthException.class);
            }
        }
    }

    /** Makes a scheme that is the server's. */
    public static final class Thief implements AuthenticationProvider {
        @Override
        public String name() {
            return "digest";
        }

        @Override
        public List<Id> authenticate(Client client, byte[] credentials) {
            return List.of();
        }

        @Override
        public boolean isValid(String id) {
            return true;
        }
    }

    @Test
    void aClassThatCannotBeHadIsLeftOutWithALineAndItsSchemeLetsNobodyIn() throws Exception {
        List<String> lines = new ArrayList<>();
        Plugins plugins =
                Plugins.load(
                        List.of("org.example.None", "java.lang.Object", "java.lang.Math", OWN),
                        lines::add);
        assertThat(plugins.all()).hasSize(1);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("'org.example.None' is not on the class path");
        assertThat(lines.get(1)).contains("is no " + AuthenticationProvider.class.getName());
        assertThat(lines.get(2)).contains("'java.lang.Math' cannot be made");

        try (Quorate server = start("authProvider.1", "org.example.None");
                ZooKeeper client = client(server, "")) {
            client.addAuthInfo("none", new byte[0]);
            await().until(() -> client.getState() == ZooKeeper.States.AUTH_FAILED);
        }
    }

    @Test
    void aClassThatCannotServeStopsTheStartWithALine() {
        assertRefused(
                "makes the scheme 'digest', which is not for plug-ins", Thief.class.getName());
        assertRefused(
                "is not supported", "org.apache.zookeeper.server.auth.KeyAuthenticationProvider");
        assertThatThrownBy(() -> start("authProvider.1", OWN, "authProvider.2", ZOOKEEPERS))
                .hasMessageContaining("two classes make the scheme 'badge'");
        assertThatThrownBy(() ->
                        start(
                                "authProvider.1",
                                OWN,
                                "enforce.auth.enabled",
                                "true",
                                "enforce.auth.schemes",
                                "token"))
                .hasMessageContaining("makes the scheme 'token'");
    }

    private void assertRefused(String message, String className) {
        assertThatThrownBy(() -> start("authProvider.1", className)).hasMessageContaining(message);
    }
}
