package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.security.auth.login.Configuration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;

/** SASL by GSSAPI with a key distribution centre of MIT Kerberos: compat/kerberos. */
@Tag("kerberos")
class KerberosTest {
    private static final List<String> PROVIDER =
            List.of(
                    "authProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider");

    @TempDir Path dir;

    @AfterEach
    void noJaas() {
        System.clearProperty("java.security.krb5.conf");
        System.clearProperty("java.security.auth.login.config");
        Configuration.setConfiguration(null);
    }

    private Path jaas(String... sections) throws Exception {
        return Files.writeString(dir.resolve("jaas.conf"), String.join("", sections));
    }

    private static List<String> jvm(Kdc kdc, Path jaas) {
        return List.of(
                "-Djava.security.krb5.conf=" + kdc.configuration(),
                "-Djava.security.auth.login.config=" + jaas);
    }

    /** The same for the clients in this JVM. */
    private static void here(Kdc kdc, Path jaas) {
        System.setProperty("java.security.krb5.conf", kdc.configuration().toString());
        System.setProperty("java.security.auth.login.config", jaas.toString());
        Configuration.setConfiguration(null);
    }

    private static ZooKeeper connect(ServerProcess server, String section, KeeperState awaited)
            throws Exception {
        BlockingQueue<KeeperState> states = new LinkedBlockingQueue<>();
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, section);
        config.setProperty(ZKClientConfig.ZOOKEEPER_SERVER_PRINCIPAL, "zookeeper/localhost");
        ZooKeeper client =
                new ZooKeeper(
                        "127.0.0.1:" + server.clientPort(),
                        10_000,
                        event -> states.add(event.getState()),
                        config);
        for (KeeperState state = null; state != awaited; ) {
            state = states.poll(20, TimeUnit.SECONDS);
            assertThat(state).as("while waiting for " + awaited).isNotNull();
        }
        return client;
    }

    private static List<String> names(ZooKeeper client) throws Exception {
        return client.whoAmI().stream()
                .filter(who -> who.getAuthScheme().equals("sasl"))
                .map(who -> who.getUser())
                .toList();
    }

    /** What a real ZooKeeper calls a client, Quorate calls it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x=y | alice@QUORATE.TEST | app/host@QUORATE.TEST",
                "kerberos.removeRealmFromPrincipal=true | alice | app/host",
                "kerberos.removeHostFromPrincipal=true | alice@QUORATE.TEST | app@QUORATE.TEST",
                "security.auth_to_local=RULE:[1:$1]s/a/A/g RULE:[2:$2-$1] | Alice@QUORATE.TEST |"
                        + " host-app/host@QUORATE.TEST",
            })
    void aClientIsKnownByItsPrincipal(String setting, String ofUser, String ofService)
            throws Exception {
        try (Kdc kdc = new Kdc(dir, "1h")) {
            Path keys = kdc.keyTab("keys", "zookeeper/localhost", "alice", "app/host");
            Path jaas =
                    jaas(
                            Kdc.section("Server", keys, "zookeeper/localhost"),
                            Kdc.section("Alice", keys, "alice"),
                            Kdc.section("App", keys, "app/host"));
            here(kdc, jaas);
            List<String> config = new ArrayList<>(PROVIDER);
            config.add(setting);
            for (Kind kind : Kind.values()) {
                try (ServerProcess server = ServerProcess.start(kind, config, jvm(kdc, jaas));
                        ZooKeeper alice = connect(server, "Alice", KeeperState.SaslAuthenticated);
                        ZooKeeper app = connect(server, "App", KeeperState.SaslAuthenticated)) {
                    assertThat(names(alice)).as("%s", kind).containsExactly(ofUser);
                    assertThat(names(app)).as("%s", kind).containsExactly(ofService);
                    alice.create("/hers", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
                    assertThat(alice.getData("/hers", false, null)).isNull();
                    assertThatThrownBy(() -> app.getData("/hers", false, null))
                            .isInstanceOf(KeeperException.NoAuthException.class);
                }
            }
        }
    }

    @Test
    void aTicketForAnotherServiceIsRefused() throws Exception {
        try (Kdc kdc = new Kdc(dir, "1h")) {
            Path keys = kdc.keyTab("keys", "zookeeper/localhost", "alice");
            Path jaas =
                    jaas(
                            Kdc.section("Server", keys, "zookeeper/localhost"),
                            Kdc.section("Alice", keys, "alice"));
            here(kdc, jaas);
            try (ServerProcess server =
                    ServerProcess.start(Kind.QUORATE, PROVIDER, jvm(kdc, jaas))) {
                connect(server, "Alice", KeeperState.SaslAuthenticated).close();
                // The service has another key from now on, which the server does not know.
                kdc.keyTab("others", "zookeeper/localhost");
                connect(server, "Alice", KeeperState.AuthFailed).close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ZZQ", "QQZ"})
    void serversOfBothKindsBelieveEachOther(String letters) throws Exception {
        try (Kdc kdc = new Kdc(dir, "1h");
                EnsembleProcesses ensemble = ensemble(kdc, letters)) {
            SaslEnsembleTest.oneLeadsAfterAnother(ensemble);
        }
    }

    /** Tickets are over long before the last server has led, and are renewed. */
    @Test
    void aServerDialsWithATicketThatIsStillGood() throws Exception {
        try (Kdc kdc = new Kdc(dir, "8s");
                EnsembleProcesses ensemble = ensemble(kdc, "QQQ")) {
            SaslEnsembleTest.oneLeadsAfterAnother(ensemble);
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            try (ZooKeeper client = Mixed.connect(ensemble.leader())) {
                for (int i = 0; System.nanoTime() < deadlineNanos; i++) {
                    Mixed.create(client, "/while-tickets-end-" + i, CreateMode.PERSISTENT);
                }
            }
            SaslEnsembleTest.oneLeadsAfterAnother(ensemble);
        }
    }

    private EnsembleProcesses ensemble(Kdc kdc, String letters) throws Exception {
        String self = "zkquorum/127.0.0.1";
        Path keys = kdc.keyTab("peers", self);
        Path jaas =
                jaas(
                        Kdc.section("QuorumServer", keys, self),
                        Kdc.section("QuorumLearner", keys, self));
        List<String> config = new ArrayList<>(SaslEnsembleTest.REQUIRED);
        config.remove("fips-mode=false");
        config.add("kerberos.minReLoginTimeMs=1000");
        config.add("quorum.auth.kerberos.servicePrincipal=zkquorum/_HOST");
        return Mixed.start(letters, config, 0, jvm(kdc, jaas).toArray(String[]::new));
    }
}
