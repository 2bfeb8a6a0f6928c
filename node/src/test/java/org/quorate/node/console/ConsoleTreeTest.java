package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.CreateMode;
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
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The tree as the console shows it to somebody who has not signed in. */
class ConsoleTreeTest {
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    @TempDir static Path dir;
    private static OneServer one;
    private static ZooKeeper client;

    @BeforeAll
    static void serve() throws Exception {
        one = new OneServer(dir);
        client = new ZooKeeper(one.connectString(), 10_000, event -> {});
        create("/app", "{\"a\":1}", CreateMode.PERSISTENT);
        for (int i = 0; i < 250; i++) {
            create("/app/n%03d".formatted(i), "", CreateMode.PERSISTENT);
        }
        create("/app/x-mine", "me", CreateMode.EPHEMERAL);
        create("/app/x-" + HOSTILE, HOSTILE, CreateMode.CONTAINER);
        List<ACL> secret = Collections.singletonList(new ACL(Perms.ALL, new Id("digest", "bob:x")));
        client.create(
                "/secret",
                "s3cret".getBytes(StandardCharsets.UTF_8),
                secret,
                CreateMode.PERSISTENT);
        client.getData("/app", true, null);
    }

    private static void create(String path, String data, CreateMode mode) throws Exception {
        client.create(path, data.getBytes(StandardCharsets.UTF_8), Ids.OPEN_ACL_UNSAFE, mode);
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        one.close();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode children(String path, String more) throws Exception {
        return one.ask("tree/children?path=" + encode(path) + more);
    }

    private static JsonNode node(String path) throws Exception {
        return one.ask("tree/node?path=" + encode(path));
    }

    private static List<String> names(JsonNode page) {
        List<String> names = new ArrayList<>();
        page.get("children").forEach(child -> names.add(child.get("name").asString()));
        return names;
    }

    @Test
    void aDirectoryIsReadPageByPageInTheOrderOfNames() throws Exception {
        List<String> all = new ArrayList<>();
        String after = "";
        int pages = 0;
        boolean more = true;
        while (more) {
            JsonNode page = children("/app", "&limit=100&after=" + encode(after));
            assertThat(page.get("total").asInt()).isEqualTo(252);
            assertThat(page.get("sorted").asBoolean()).isTrue();
            all.addAll(names(page));
            after = all.getLast();
            more = page.get("more").asBoolean();
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(all).hasSize(252).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void childrenAreSearchedByTheBeginningOfTheirNames() throws Exception {
        assertThat(names(children("/app", "&prefix=n24"))).hasSize(10).startsWith("n240");
        assertThat(names(children("/app", "&prefix=nothing"))).isEmpty();
        assertThat(children("/app", "&prefix=n&limit=5").get("more").asBoolean()).isTrue();
    }

    @Test
    void aChildIsShownWithItsKindAndSize() throws Exception {
        JsonNode mine = children("/app", "&prefix=x-m").get("children").get(0);
        assertThat(mine.get("kind").asString()).isEqualTo("ephemeral");
        assertThat(mine.get("bytes").asInt()).isEqualTo(2);
        assertThat(mine.get("children").asInt()).isZero();
    }

    @Test
    void aZnodeIsShownWithDataStatAccessListAndOwner() throws Exception {
        JsonNode app = node("/app");
        assertThat(app.get("kind").asString()).isEqualTo("persistent");
        assertThat(
                        new String(
                                Base64.getDecoder().decode(app.get("data").asString()),
                                StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":1}");
        assertThat(app.get("stat").get("childCount").asInt()).isEqualTo(252);
        assertThat(app.get("acl").get(0).get("scheme").asString()).isEqualTo("world");
        assertThat(app.get("acl").get(0).get("perms").asInt()).isEqualTo(31);
        assertThat(node("/app/x-mine").get("owner").asString())
                .isEqualTo("0x" + Long.toHexString(client.getSessionId()));
    }

    @Test
    void whoWatchesAZnodeIsTold() throws Exception {
        JsonNode watchers = one.ask("tree/watchers?path=/app");
        assertThat(watchers.get("count").asInt()).isEqualTo(1);
        assertThat(watchers.get("sessions").get(0).asString())
                .isEqualTo("0x" + Long.toHexString(client.getSessionId()));
        assertThat(one.ask("tree/watchers?path=/secret").get("count").asInt()).isZero();
    }

    @Test
    void hostileNamesAndValuesComeBackAsTheyAre() throws Exception {
        assertThat(names(children("/app", "&prefix=x-%3C"))).containsExactly("x-" + HOSTILE);
        JsonNode node = node("/app/x-" + HOSTILE);
        assertThat(node.get("kind").asString()).isEqualTo("container");
        assertThat(node.get("path").asString()).isEqualTo("/app/x-" + HOSTILE);
    }

    @Test
    void aValueIsDownloadedNeverShownAsAPage() throws Exception {
        HttpResponse<String> response =
                one.get("/console/api/tree/data?path=" + encode("/app/x-" + HOSTILE));
        assertThat(response.body()).isEqualTo(HOSTILE);
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("application/octet-stream");
        assertThat(response.headers().firstValue("content-disposition").orElseThrow())
                .startsWith("attachment");
        assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    }

    @Test
    void whatTheAccessListHidesIsNotShown() throws Exception {
        JsonNode secret = node("/secret");
        assertThat(secret.get("hidden").asBoolean()).isTrue();
        assertThat(secret.has("data")).isFalse();
        assertThat(secret.has("acl")).isFalse();
        assertThat(children("/secret", "").get("hidden").asBoolean()).isTrue();
        HttpResponse<String> data = one.get("/console/api/tree/data?path=/secret");
        assertThat(data.statusCode()).isEqualTo(403);
        assertThat(data.body()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({"/nothing,404", "relative,400", "/app/,400", "//,400"})
    void aWrongPathIsRefused(String path, int status) throws Exception {
        HttpResponse<String> response = one.get("/console/api/tree/node?path=" + encode(path));
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(OneServer.json(response.body()).get("error").asString()).isNotBlank();
    }

    @Test
    void aLimitThatIsNoNumberIsRefused() throws Exception {
        assertThat(one.get("/console/api/tree/children?limit=many").statusCode()).isEqualTo(400);
        assertThat(names(children("/app", "&limit=0"))).hasSize(1);
    }

    @Test
    void sessionsAreListedWithTheirClients() throws Exception {
        JsonNode answer = one.ask("sessions");
        assertThat(answer.get("total").asInt()).isEqualTo(1);
        JsonNode session = answer.get("sessions").get(0);
        assertThat(session.get("id").asString())
                .isEqualTo("0x" + Long.toHexString(client.getSessionId()));
        assertThat(session.get("client").asString()).startsWith("127.0.0.1:");
        assertThat(session.get("ephemerals").asInt()).isEqualTo(1);
        assertThat(session.get("watches").asInt()).isEqualTo(1);
        assertThat(one.ask("sessions?search=nobody").get("found").asInt()).isZero();
        assertThat(one.ask("sessions?search=127.0.0.1").get("found").asInt()).isEqualTo(1);
    }

    @Test
    void aSessionIsShownWithWhatItOwnsAndWatches() throws Exception {
        JsonNode session = one.ask("session?id=0x" + Long.toHexString(client.getSessionId()));
        assertThat(session.get("ephemerals").get(0).asString()).isEqualTo("/app/x-mine");
        assertThat(session.get("watches").get(0).asString()).isEqualTo("/app");
        assertThat(one.get("/console/api/session?id=0x1").statusCode()).isEqualTo(404);
        assertThat(one.get("/console/api/session?id=zebra").statusCode()).isEqualTo(400);
    }
}
