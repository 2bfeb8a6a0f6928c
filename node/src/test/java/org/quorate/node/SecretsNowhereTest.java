package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.OpenDoors;
import org.quorate.node.config.PasswordHash;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;

/**
 * Everything that a server with secrets of each kind tells: its log at every level, each
 * four-letter word, each admin command, the console, metrics, what it says of errors; and none of
 * the secrets is in it.
 */
class SecretsNowhereTest {
    private static final List<String> WORDS =
            List.of(
                    "conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "hash", "isro", "mntr",
                    "ruok", "srst", "srvr", "stat", "wchc", "wchp", "wchs");

    @TempDir Path dir;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> told = new ArrayList<>();

    private static String ask(int port, String word) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(Server server, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.admin().adminPort() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body();
    }

    @Test
    void noSecretIsInAnythingThatAServerTells() throws Exception {
        Certificates lab = new Certificates(dir.resolve("lab"), "Lab CA");
        String hash = PasswordHash.of("console-secret".toCharArray()).toString();
        String superHash = DigestAuthenticationProvider.generateDigest("super:super-secret");
        List<String> lines =
                List.of(
                        "dataDir=" + Files.createDirectories(dir.resolve("data")),
                        "clientPort=" + Ensemble.freePorts(1).getFirst(),
                        "clientPortAddress=127.0.0.1",
                        "preAllocSize=64",
                        "admin.serverAddress=127.0.0.1",
                        "admin.serverPort=0",
                        "4lw.commands.whitelist=*",
                        "audit.enable=true",
                        "slowOperation.thresholdMs=1",
                        "limit.user.requestsPerSecond=40",
                        "client.portUnification=true",
                        "ssl.keyStore.location=" + lab.pkcs12("server", lab.server()),
                        "ssl.keyStore.password=" + Certificates.PASSWORD,
                        "ssl.trustStore.location=" + lab.trust("p12"),
                        "ssl.trustStore.password=" + Certificates.PASSWORD,
                        "ssl.clientAuth=none",
                        "admin.portUnification=true",
                        "ssl.quorum.keyStore.location=" + lab.pkcs12("admin", lab.server()),
                        "ssl.quorum.keyStore.password=" + Certificates.PASSWORD,
                        "admin.console.passwordHash=" + hash,
                        "DigestAuthenticationProvider.superDigest=" + superHash,
                        "SASLAuthenticationProvider.superPassword=sasl-super-secret",
                        "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider");
        Path file = Files.write(dir.resolve("zoo.cfg"), lines);
        ServerConfig config = ZooCfg.read(file, new Properties(), told::add);
        told.add(config.toString());
        told.addAll(OpenDoors.of(config));
        String userHash = DigestAuthenticationProvider.generateDigest("bob:bobs-secret");
        try (Jaas jaas = new Jaas();
                LogLines log = new LogLines(Level.TRACE)) {
            jaas.digest("Server", "user_ann", "anns-secret", "user_super", "in-the-section");
            jaas.digest("Client", "username", "ann", "password", "anns-secret");
            try (Server server = Server.start(config, (what, why) -> told.add(what + why))) {
                ask(server);
                clients(server, userHash);
                ask(server);
            }
            told.addAll(log.all());
        }
        try (Stream<Path> files = Files.walk(dir.resolve("data"))) {
            told.addAll(files.map(Path::toString).toList());
        }
        String all = String.join("\n", told);
        assertThat(all).as("it tells much").hasSizeGreaterThan(20_000).contains("bob", "ann");
        for (String secret :
                List.of(
                        Certificates.PASSWORD,
                        "console-secret",
                        hash,
                        "super-secret",
                        superHash.substring(superHash.indexOf(':') + 1),
                        "sasl-super-secret",
                        "in-the-section",
                        "anns-secret",
                        "bobs-secret",
                        userHash.substring(userHash.indexOf(':') + 1))) {
            assertThat(around(all, secret)).as(secret).isEmpty();
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            assertThat(around(all, Base64.getEncoder().encodeToString(bytes)))
                    .as(secret + " in Base64")
                    .isEmpty();
            assertThat(around(all, HexFormat.of().formatHex(bytes)))
                    .as(secret + " in hex")
                    .isEmpty();
        }
        assertThat(ProcessHandle.current().info().commandLine().orElse(""))
                .doesNotContain("secret");
    }

    /** What stands around a secret; nothing if it is not there. */
    private static String around(String all, String secret) {
        int at = all.indexOf(secret);
        return at < 0 ? "" : all.substring(Math.max(0, at - 200), Math.min(all.length(), at + 200));
    }

    /** All that can be asked, with and without credentials, right and wrong ones. */
    private void ask(Server server) throws Exception {
        for (String word : WORDS) {
            told.add(ask(server.clientPort(), word));
        }
        String index = get(server, "/commands");
        Matcher names = Pattern.compile("href=\"(/commands/[^\"]+)\"").matcher(index);
        while (names.find()) {
            told.add(get(server, names.group(1)));
            told.add(get(server, names.group(1), "Authorization", "digest bob:bobs-secret"));
            told.add(get(server, names.group(1), "Authorization", "kerberos bobs-secret"));
        }
        for (String path :
                List.of(
                        "/metrics",
                        "/health/verbose",
                        "/console/api/access",
                        "/console/api/overview",
                        "/console/api/configuration",
                        "/console/api/tree/node?path=/mine",
                        "/none?password=x")) {
            told.add(get(server, path));
            told.add(get(server, path, "Cookie", "quorate-console=console-secret"));
        }
        HttpRequest login =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/console/api/login"
                                                .formatted(server.admin().adminPort())))
                        .header("X-Quorate-Console", "1")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"password\":\"bobs-secret\"}"))
                        .build();
        told.add(http.send(login, HttpResponse.BodyHandlers.ofString()).body());
    }

    private void clients(Server server, String userHash) throws Exception {
        String address = "127.0.0.1:" + server.clientPort();
        try (ZooKeeper bob = new ZooKeeper(address, 10_000, event -> {}, plain());
                ZooKeeper root = new ZooKeeper(address, 10_000, event -> {}, plain());
                ZooKeeper other = new ZooKeeper(address, 10_000, event -> {}, plain());
                ZooKeeper ann = new ZooKeeper(address, 10_000, event -> {}, bySasl())) {
            bob.addAuthInfo("digest", "bob:bobs-secret".getBytes(StandardCharsets.UTF_8));
            root.addAuthInfo("digest", "super:super-secret".getBytes(StandardCharsets.UTF_8));
            bob.create("/mine", new byte[1], Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            bob.create(
                    "/open",
                    new byte[1],
                    Arrays.asList( // a list that can be asked for null
                            new ACL(Perms.ALL, Ids.ANYONE_ID_UNSAFE),
                            new ACL(Perms.READ, new Id("digest", userHash))),
                    CreateMode.EPHEMERAL);
            root.setData("/mine", new byte[2], -1);
            ann.create("/anns", new byte[1], Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            told.add(
                    other.getACL("/open", null).toString().replace(userHash, "as the list has it"));
            assertThatThrownBy(() -> other.getData("/mine", false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            told.add(bob.whoAmI().toString());
            told.add(ann.whoAmI().toString());
            int refused = 0;
            for (int i = 0; i < 100; i++) {
                try {
                    bob.getData("/open", true, null);
                } catch (KeeperException.ThrottledOpException past) {
                    refused++;
                }
            }
            assertThat(refused).as("past its limit, which is logged").isPositive();
        }
        try (ZooKeeper wrong = new ZooKeeper(address, 10_000, event -> {}, plain())) {
            wrong.addAuthInfo("nonsense", "bobs-secret".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> wrong.exists("/", false)).isInstanceOf(KeeperException.class);
        }
    }

    private static ZKClientConfig bySasl() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty("zookeeper.fips-mode", "false");
        return config;
    }

    private static ZKClientConfig plain() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty("zookeeper.sasl.client", "false");
        return config;
    }
}
