package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.security.auth.callback.CallbackHandler;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslServer;
import javax.security.sasl.SaslServerFactory;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.node.host.RawClient;
import org.quorate.node.host.StartException;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** SASL for clients by DIGEST-MD5 (client protocol §10). */
class ClientSaslTest {
    private static final String PROVIDER =
            "org.apache.zookeeper.server.auth.SASLAuthenticationProvider";
    private static final int AUTH_FAILED = -115;
    private static final int REQUIRES_SASL = -124;
    private static final int INVALID_ACL = -114;
    private static final int TOKEN_BYTES_MAX = 64 << 10;
    private static final int EVALUATED_MAX = 4;
    private static final int WAITING_MAX = 1_000;

    private final Jaas jaas = new Jaas();

    @AfterEach
    void noJaas() {
        jaas.close();
    }

    private Quorate start(String... properties) throws Exception {
        jaas.digest("Server", "user_bob", "bob's", "user_ann", "ann's", "user_super", "super's");
        Quorate.Builder builder =
                Quorate.builder().property("zookeeper.authProvider.sasl", PROVIDER);
        for (int i = 0; i < properties.length; i += 2) {
            builder.property(properties[i], properties[i + 1]);
        }
        return builder.start();
    }

    /** ZooKeeper's client as one of the users, with what it hears of its authentication. */
    private final class Client implements AutoCloseable {
        final BlockingQueue<KeeperState> states = new LinkedBlockingQueue<>();
        final ZooKeeper zk;

        Client(Quorate server, String user, String password) throws Exception {
            jaas.digest("Client-" + user, "username", user, "password", password);
            ZKClientConfig config = new ZKClientConfig();
            config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, "Client-" + user);
            config.setProperty("zookeeper.fips-mode", "false");
            zk =
                    new ZooKeeper(
                            server.connectString(),
                            10_000,
                            event -> states.add(event.getState()),
                            config);
        }

        void awaitState(KeeperState wanted) throws Exception {
            for (KeeperState state = null; state != wanted; ) {
                state = states.poll(10, TimeUnit.SECONDS);
                assertThat(state).as("while waiting for " + wanted).isNotNull();
            }
        }

        @Override
        public void close() throws Exception {
            zk.close();
        }
    }

    @Test
    void zooKeepersClientIsKnownByItsName() throws Exception {
        try (Quorate server = start();
                Client bob = new Client(server, "bob", "bob's");
                Client ann = new Client(server, "ann", "ann's")) {
            bob.awaitState(KeeperState.SaslAuthenticated);
            assertThat(bob.zk.whoAmI())
                    .extracting(ClientInfo::getAuthScheme, ClientInfo::getUser)
                    .contains(org.assertj.core.groups.Tuple.tuple("sasl", "bob"));
            bob.zk.create("/bobs", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            assertThat(bob.zk.getACL("/bobs", new Stat()))
                    .containsExactly(new ACL(Perms.ALL, new Id("sasl", "bob")));
            assertThat(bob.zk.getData("/bobs", false, null)).isNull();
            ann.awaitState(KeeperState.SaslAuthenticated);
            assertThatThrownBy(() -> ann.zk.getData("/bobs", false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            bob.zk.setACL(
                    "/bobs",
                    Collections.singletonList(new ACL(Perms.READ, new Id("sasl", "ann"))),
                    -1);
            assertThat(ann.zk.getData("/bobs", false, null)).isNull();
            assertThatThrownBy(() -> bob.zk.getData("/bobs", false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
        }
    }

    @Test
    void aWrongPasswordIsToldToTheClientAndItsConnectionEnds() throws Exception {
        try (Quorate server = start();
                Client bob = new Client(server, "bob", "ann's")) {
            bob.awaitState(KeeperState.AuthFailed);
            assertThatThrownBy(() -> bob.zk.exists("/", false))
                    .isInstanceOf(KeeperException.AuthFailedException.class);
        }
    }

    @Test
    void aSuperUserPassesEveryAccessList() throws Exception {
        try (Quorate server =
                        start("zookeeper.superUser", "nobody", "zookeeper.superUser.2", "ann");
                Client bob = new Client(server, "bob", "bob's");
                Client ann = new Client(server, "ann", "ann's")) {
            bob.awaitState(KeeperState.SaslAuthenticated);
            ann.awaitState(KeeperState.SaslAuthenticated);
            bob.zk.create("/bobs", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            assertThat(ann.zk.getData("/bobs", false, null)).isNull();
        }
    }

    @Test
    void theSuperUsersPasswordMayBeToldApart() throws Exception {
        try (Quorate server =
                        start("zookeeper.SASLAuthenticationProvider.superPassword", "another's");
                Client known = new Client(server, "super", "another's")) {
            known.awaitState(KeeperState.SaslAuthenticated);
        }
    }

    @Test
    void oneNameMayStandForEverySaslUser() throws Exception {
        try (Quorate server = start("zookeeper.letAnySaslUserDoX", "everybody");
                Client bob = new Client(server, "bob", "bob's");
                RawClient stranger = new RawClient(server.port(), 10_000)) {
            bob.awaitState(KeeperState.SaslAuthenticated);
            bob.zk.create(
                    "/all",
                    null,
                    Collections.singletonList(new ACL(Perms.READ, new Id("sasl", "everybody"))),
                    CreateMode.PERSISTENT);
            assertThat(bob.zk.getData("/all", false, null)).isNull();
            assertThat(stranger.call(OpCode.GET_DATA, RawClient.readBody("/all", false)).err())
                    .isEqualTo(KeeperException.Code.NOAUTH.intValue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sasl_digest_md5_ok", "sasl_bad_token"})
    void aConversationGoesAsOneRecordedFromZooKeeper(String name) throws Exception {
        try (Quorate server = start()) {
            assertThat(SaslRecordings.play(name, server.port(), "bob's")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sessionRequireClientSASLAuth=true", "enforce.auth.schemes=digest,sasl"})
    void whereSaslIsRequiredNothingElseIsAnsweredBefore(String setting) throws Exception {
        String[] parts = setting.split("=");
        try (Quorate server =
                        start(
                                "zookeeper.enforce.auth.enabled",
                                "true",
                                "zookeeper." + parts[0],
                                parts[1]);
                Client bob = new Client(server, "bob", "bob's");
                RawClient stranger = new RawClient(server.port(), 10_000);
                RawClient liar = new RawClient(server.port(), 10_000)) {
            bob.awaitState(KeeperState.SaslAuthenticated);
            assertThat(bob.zk.exists("/", false)).isNotNull();
            assertThat(stranger.ping().err()).isEqualTo(REQUIRES_SASL);
            assertThat(stranger.isClosedByServer()).isTrue();
            liar.call(OpCode.SASL, token(new byte[0]));
            RawClient.Reply refusal = liar.call(OpCode.SASL, token(new byte[] {1, 2}));
            assertThat(refusal.err()).isEqualTo(REQUIRES_SASL);
            assertThat(liar.isClosedByServer()).isTrue();
        }
    }

    @Test
    void whoFailsMayStayIfTheServerAllowsIt() throws Exception {
        try (Quorate server = start("zookeeper.allowSaslFailedClients", "true");
                RawClient client = new RawClient(server.port(), 10_000)) {
            client.call(OpCode.SASL, token(new byte[0]));
            RawClient.Reply reply = client.call(OpCode.SASL, token(new byte[] {1}));
            assertThat(reply.err()).isZero();
            assertThat(reply.in().readInt()).isEqualTo(-1);
            assertThat(client.create("/n", new byte[0], false).err()).isZero();
        }
    }

    @Test
    void whatIsPipelinedAroundTheProofIsDoneAsWhoTheClientWasThen() throws Exception {
        try (Quorate server = start();
                RawClient client = new RawClient(server.port(), 10_000)) {
            SaslClient bob = SaslRecordings.client("bob's");
            byte[] challenge = tokenOf(client.call(OpCode.SASL, token(new byte[0])));
            JuteOut out = new JuteOut();
            RawClient.append(out, 11, OpCode.CREATE, createAsAuthenticated("/before"));
            RawClient.append(out, 12, OpCode.SASL, token(bob.evaluateChallenge(challenge)));
            RawClient.append(out, 13, OpCode.WHO_AM_I, body -> {});
            RawClient.append(out, 14, OpCode.CREATE, createAsAuthenticated("/behind"));
            RawClient.append(out, 15, OpCode.GET_DATA, RawClient.readBody("/behind", false));
            client.write(out);
            assertReply(client.read(), 11, INVALID_ACL);
            assertReply(client.read(), 12, 0);
            RawClient.Reply who = client.read();
            assertReply(who, 13, 0);
            assertThat(who.in().readInt()).isEqualTo(2);
            assertReply(client.read(), 14, 0);
            assertReply(client.read(), 15, 0);
        }
    }

    private static void assertReply(RawClient.Reply reply, int xid, int err) {
        assertThat(reply.xid()).isEqualTo(xid);
        assertThat(reply.err()).isEqualTo(err);
    }

    @Test
    void aSecondProofOnOneConnectionFails() throws Exception {
        try (Quorate server = start();
                RawClient client = new RawClient(server.port(), 10_000)) {
            SaslClient bob = SaslRecordings.client("bob's");
            byte[] challenge = tokenOf(client.call(OpCode.SASL, token(new byte[0])));
            assertThat(client.call(OpCode.SASL, token(bob.evaluateChallenge(challenge))).err())
                    .isZero();
            assertThat(client.call(OpCode.SASL, token(new byte[0])).err()).isEqualTo(AUTH_FAILED);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, TOKEN_BYTES_MAX + 1, Integer.MAX_VALUE})
    void aPacketWithoutATokenOrWithTooLongAOneEndsItsConnection(int length) throws Exception {
        try (Quorate server = start();
                RawClient client = new RawClient(server.port(), 10_000);
                RawClient longest = new RawClient(server.port(), 10_000)) {
            client.send(
                    OpCode.SASL,
                    out -> {
                        out.writeInt(length);
                        if (length > 0 && length < Integer.MAX_VALUE) {
                            out.writeRaw(new byte[length], 0, length);
                        }
                    });
            assertThat(client.isClosedByServer()).isTrue();
            RawClient.Reply reply = longest.call(OpCode.SASL, token(new byte[TOKEN_BYTES_MAX]));
            assertThat(reply.err()).isEqualTo(AUTH_FAILED);
        }
    }

    @Test
    void withoutTheProviderNobodyCanBeNamedInAnAccessList() throws Exception {
        jaas.digest("Server", "user_bob", "bob's");
        try (Quorate server = Quorate.builder().start();
                Client bob = new Client(server, "bob", "bob's")) {
            bob.awaitState(KeeperState.SaslAuthenticated);
            assertThatThrownBy(() ->
                            bob.zk.create("/n", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.InvalidACLException.class);
        }
    }

    @Test
    void aLoginThatFailsPreventsTheStart() {
        jaas.section(
                "Server",
                "com.sun.security.auth.module.Krb5LoginModule",
                "useKeyTab",
                "true",
                "keyTab",
                "/no/such",
                "principal",
                "zookeeper/localhost@NOWHERE");
        assertThatThrownBy(() -> Quorate.builder().start())
                .isInstanceOf(StartException.class)
                .hasMessageContaining("JAAS section 'Server'");
    }

    /** Blocks in the place of DIGEST-MD5 until it is let go. */
    public static final class Stuck implements SaslServerFactory {
        static final CountDownLatch LET_GO = new CountDownLatch(1);

        @Override
        public SaslServer createSaslServer(
                String mechanism,
                String protocol,
                String serverName,
                Map<String, ?> props,
                CallbackHandler handler) {
            try {
                LET_GO.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("let go");
        }

        @Override
        public String[] getMechanismNames(Map<String, ?> props) {
            return new String[] {"DIGEST-MD5"};
        }
    }

    private static final class StuckProvider extends Provider {
        private static final long serialVersionUID = 1L;

        StuckProvider() {
            super("Stuck", "1", "for this test");
            put("SaslServerFactory.DIGEST-MD5", Stuck.class.getName());
        }
    }

    @Test
    void clientsBeyondThoseWhoWaitToProveThemselvesAreClosedAndOthersNoticeNothing()
            throws Exception {
        Security.insertProviderAt(new StuckProvider(), 1);
        List<RawClient> waiting = new ArrayList<>();
        try (Quorate server = start();
                RawClient other = new RawClient(server.port(), 10_000)) {
            for (int i = 0; i < EVALUATED_MAX + WAITING_MAX; i++) {
                RawClient client = new RawClient(server.port(), 30_000);
                waiting.add(client);
                client.send(OpCode.SASL, token(new byte[0]));
            }
            // Behind all of these tokens on its own loop or another: once it answers, and once the
            // one too many is closed, they have been taken.
            try (RawClient tooMany = new RawClient(server.port(), 30_000)) {
                tooMany.send(OpCode.SASL, token(new byte[0]));
                assertThat(tooMany.isClosedByServer()).isTrue();
            }
            assertThat(other.create("/n", new byte[0], false).err()).isZero();
            Stuck.LET_GO.countDown();
            for (RawClient client : waiting) {
                assertThat(client.read().err()).isEqualTo(AUTH_FAILED);
            }
        } finally {
            Stuck.LET_GO.countDown();
            Security.removeProvider("Stuck");
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void aConnectionThatEndsInMidProofLeavesNothingBehind() throws Exception {
        try (Quorate server = start()) {
            for (int i = 0; i < 50; i++) {
                try (RawClient client = new RawClient(server.port(), 10_000)) {
                    client.send(OpCode.SASL, token(new byte[0]));
                }
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                assertThat(socket.isConnected()).isTrue();
            }
            try (RawClient client = new RawClient(server.port(), 10_000)) {
                assertThat(client.call(OpCode.SASL, token(new byte[0])).err()).isZero();
            }
        }
    }

    private static Consumer<JuteOut> token(byte[] token) {
        return out -> out.writeBuffer(token);
    }

    private static byte[] tokenOf(RawClient.Reply reply) {
        Slice token = new Slice();
        reply.in().readSlice(token);
        return token.copy();
    }

    private static Consumer<JuteOut> createAsAuthenticated(String path) {
        return out -> {
            out.writeString(path).writeBuffer(new byte[0]);
            out.writeInt(1).writeInt(31).writeString("auth").writeString("");
            out.writeInt(0);
        };
    }
}
