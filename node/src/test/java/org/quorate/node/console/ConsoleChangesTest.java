package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in, and what may be changed then and only then. */
class ConsoleChangesTest {
    @TempDir static Path dir;
    private static OneServer one;
    private static ZooKeeper client;
    private static String cookie;

    @BeforeAll
    static void serve() throws Exception {
        one = new OneServer(dir, "admin.console.passwordHash=" + OneServer.PASSWORD_HASH);
        client = new ZooKeeper(one.connectString(), 10_000, event -> {});
        List<ACL> secret = Collections.singletonList(new ACL(Perms.ALL, new Id("digest", "bob:x")));
        client.create("/secret", bytes("s3cret"), secret, CreateMode.PERSISTENT);
        HttpResponse<String> login = one.post("login", "{\"password\":\"correct horse\"}");
        assertThat(login.statusCode()).isEqualTo(200);
        String set = login.headers().firstValue("set-cookie").orElseThrow();
        assertThat(set).contains("HttpOnly", "SameSite=Strict", "Path=/console/", "Max-Age=43200");
        cookie = set.substring(0, set.indexOf(';'));
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        one.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> change(String name, String body) throws Exception {
        return one.post(name, body, "Cookie", cookie);
    }

    private static String why(HttpResponse<String> refused) {
        return OneServer.json(refused.body()).get("error").asString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session/end",
                "tree/set",
                "tree/create",
                "tree/delete",
                "reconfig/preview",
                "reconfig/apply"
            })
    void nobodyChangesAnythingWithoutSigningIn(String change) throws Exception {
        HttpResponse<String> response =
                one.post(change, "{\"path\":\"/secret\",\"text\":\"x\",\"version\":-1}");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(one.post(change, "{}", "Cookie", "quorate-console=guess").statusCode())
                .isEqualTo(401);
    }

    @Test
    void anotherSitesPageIsRefused() throws Exception {
        assertThat(
                        one.post(
                                        "tree/create",
                                        "{\"path\":\"/csrf\",\"text\":\"\"}",
                                        "Cookie",
                                        cookie,
                                        "Origin",
                                        "http://evil.example")
                                .statusCode())
                .isEqualTo(403);
        HttpRequest form =
                one.request("/console/api/tree/create")
                        .header("Cookie", cookie)
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"path\":\"/csrf\"}"))
                        .build();
        assertThat(one.http.send(form, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
        assertThat(client.exists("/csrf", false)).isNull();
    }

    @Test
    void withAPasswordEverythingIsShownToWhoSignsInAlone() throws Exception {
        for (String question :
                List.of(
                        "tree/node?path=/",
                        "tree/children?path=/",
                        "overview",
                        "events",
                        "sessions",
                        "configuration",
                        "no-such-question")) {
            assertThat(one.get("/console/api/" + question).statusCode())
                    .as(question)
                    .isEqualTo(401);
        }
        assertThat(one.get("/console/").statusCode()).isEqualTo(200);
        assertThat(one.get("/console/api/overview", "Cookie", cookie).statusCode()).isEqualTo(200);
        HttpResponse<String> known =
                one.get("/console/api/tree/node?path=/secret", "Cookie", cookie);
        assertThat(known.body()).contains("\"data\":\"czNjcmV0\"");
        assertThat(one.get("/console/api/access", "Cookie", cookie).body())
                .isEqualTo(
                        "{\"commandUrl\":\"/commands\",\"loginEnabled\":true,\"signedIn\":true,"
                                + "\"mayLook\":true}");
    }

    @Test
    void theStreamOfWhatIsNewEndsWithTheLogin() throws Exception {
        String ending =
                one.post("login", "{\"password\":\"correct horse\"}")
                        .headers()
                        .firstValue("set-cookie")
                        .orElseThrow()
                        .split(";")[0];
        HttpResponse<Stream<String>> events =
                one.http.send(
                        one.request("/console/api/events").header("Cookie", ending).build(),
                        HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = events.body()) {
            Iterator<String> told = lines.iterator();
            assertThat(told.next()).isEqualTo("event: overview");
            one.post("logout", "{}", "Cookie", ending);
            while (told.hasNext()) { // Else without end.
                assertThat(told.next()).matches("event: overview|data: .*|");
            }
        }
    }

    @Test
    void theConfigurationIsShownWithoutItsSecrets() throws Exception {
        assertThat(one.get("/console/api/configuration").statusCode()).isEqualTo(401);
        String text =
                OneServer.json(one.get("/console/api/configuration", "Cookie", cookie).body())
                        .get("text")
                        .asString();
        assertThat(text)
                .contains("dataDir=", "admin.console.passwordHash=(hidden)")
                .doesNotContain(OneServer.PASSWORD_HASH);
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        HttpResponse<String> response = one.post("login", "{\"password\":\"wrong\"}");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("set-cookie")).isEmpty();
        assertThat(one.post("login", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void aZnodeIsCreatedSetAndDeleted() throws Exception {
        assertThat(change("tree/create", "{\"path\":\"/made\",\"text\":\"here\"}").statusCode())
                .isEqualTo(200);
        assertThat(client.getData("/made", false, null)).isEqualTo(bytes("here"));
        assertThat(
                        change("tree/set", "{\"path\":\"/made\",\"base64\":\"AAE=\",\"version\":0}")
                                .statusCode())
                .isEqualTo(200);
        assertThat(client.getData("/made", false, null)).containsExactly(0, 1);
        assertThat(change("tree/delete", "{\"path\":\"/made\",\"version\":1}").statusCode())
                .isEqualTo(200);
        assertThat(client.exists("/made", false)).isNull();
    }

    @Test
    void anOperatorWritesWhatAccessListsProtect() throws Exception {
        HttpResponse<String> response =
                change("tree/set", "{\"path\":\"/secret\",\"text\":\"s3cret\",\"version\":-1}");
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void nobodysWorkIsOverwrittenUnseen() throws Exception {
        client.create("/busy", bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        client.setData("/busy", bytes("2"), 0);
        HttpResponse<String> late =
                change("tree/set", "{\"path\":\"/busy\",\"text\":\"3\",\"version\":0}");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(why(late)).contains("changed it meanwhile");
        assertThat(client.getData("/busy", false, null)).isEqualTo(bytes("2"));
        HttpResponse<String> blind = change("tree/set", "{\"path\":\"/busy\",\"text\":\"3\"}");
        assertThat(blind.statusCode()).isEqualTo(400);
        HttpResponse<String> parent = change("tree/create", "{\"path\":\"/a/b\",\"text\":\"\"}");
        assertThat(why(parent)).contains("parent is missing");
    }

    @Test
    void aSessionIsEndedAndItsEphemeralsGo() throws Exception {
        List<KeeperState> heard = new CopyOnWriteArrayList<>();
        ZooKeeper victim =
                new ZooKeeper(one.connectString(), 10_000, event -> heard.add(event.getState()));
        victim.create("/mine", bytes(""), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        String id = "0x" + Long.toHexString(victim.getSessionId());
        assertThat(change("session/end", "{\"id\":\"" + id + "\"}").statusCode()).isEqualTo(200);
        assertThat(client.exists("/mine", false)).isNull();
        await().until(() -> heard.contains(KeeperState.Expired));
        HttpResponse<String> again = change("session/end", "{\"id\":\"" + id + "\"}");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(change("session/end", "{\"id\":\"0x0\"}").statusCode()).isEqualTo(404);
        victim.close();
    }

    @Test
    void aChangeLeavesNoSessionBehind() throws Exception {
        int before = one.ask("overview", "Cookie", cookie).get("here").get("sessions").asInt();
        for (int i = 0; i < 3; i++) {
            change("tree/create", "{\"path\":\"/left" + i + "\",\"text\":\"\"}");
        }
        assertThat(one.server.admin().adminPort()).isPositive();
        assertThat(one.ask("sessions", "Cookie", cookie).get("total").asInt())
                .isLessThanOrEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "7", "{\"path\":5,\"text\":\"\"}", "{\"path\":\"/x\"}"})
    void nonsenseIsRefused(String body) throws Exception {
        assertThat(change("tree/create", body).statusCode()).isEqualTo(400);
    }

    @Test
    void tooMuchIsRefused() throws Exception {
        String body =
                "{\"path\":\"/x\",\"text\":\"" + "x".repeat(ConsoleHttp.BODY_BYTES_MAX) + "\"}";
        assertThat(change("tree/create", body).statusCode()).isEqualTo(413);
    }

    @Test
    void aStandaloneServerHasNoMembersToChange() throws Exception {
        HttpResponse<String> response = change("reconfig/preview", "{\"leaving\":\"2\"}");
        assertThat(response.statusCode()).isEqualTo(409);
    }

    @Test
    void whoSignsOutIsOut() throws Exception {
        HttpResponse<String> login = one.post("login", "{\"password\":\"correct horse\"}");
        String set = login.headers().firstValue("set-cookie").orElseThrow();
        String own = set.substring(0, set.indexOf(';'));
        assertThat(one.post("logout", "{}", "Cookie", own).statusCode()).isEqualTo(200);
        assertThat(one.get("/console/api/access", "Cookie", own).body())
                .contains("\"signedIn\":false");
    }
}
