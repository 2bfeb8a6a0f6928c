package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The page, how it is served, and what it is told of the server. */
class ConsoleHttpTest {
    private static final int PACKED_BYTES_MAX = 300 << 10;

    @TempDir static Path dir;
    private static OneServer one;

    @BeforeAll
    static void serve() throws Exception {
        one = new OneServer(dir);
    }

    @AfterAll
    static void stop() {
        one.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console"})
    void theWayToTheConsoleIsShown(String path) throws Exception {
        HttpResponse<String> response = one.get(path);
        assertThat(response.statusCode()).isEqualTo(302);
        assertThat(response.headers().firstValue("location")).hasValue("/console/");
    }

    @ParameterizedTest
    @CsvSource({
        "'',text/html; charset=utf-8",
        "console.js,text/javascript; charset=utf-8",
        "console.css,text/css; charset=utf-8",
        "icon.svg,image/svg+xml"
    })
    void thePageIsServedUnderAStrictPolicy(String name, String type) throws Exception {
        HttpResponse<String> response = one.get("/console/" + name);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue(type);
        assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http");
    }

    @Test
    void thePageRunsNothingInlineAndNamesNoOtherHost() throws Exception {
        String page = one.get("/console/").body();
        assertThat(page).doesNotContain("<style").doesNotContain("http:", "https:");
        assertThat(page.replaceAll("(?s)<script[^>]*src=[^>]*></script>", ""))
                .doesNotContain("<script");
    }

    @Test
    void aBrowserThatHasTheFileIsNotSentItAgain() throws Exception {
        HttpResponse<String> first = one.get("/console/console.js");
        String tag = first.headers().firstValue("etag").orElseThrow();
        HttpResponse<String> second = one.get("/console/console.js", "If-None-Match", tag);
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
        assertThat(one.get("/console/console.js", "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void allFilesTogetherArePackedIntoLessThanTheLimit() throws Exception {
        int packed = 0;
        for (String name : new String[] {"", "console.js", "console.css", "icon.svg"}) {
            HttpResponse<byte[]> response =
                    one.http.send(
                            one.request("/console/" + name)
                                    .header("Accept-Encoding", "gzip")
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
            packed += response.body().length;
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(one.get("/console/" + name).body());
            }
        }
        assertThat(packed).isLessThan(PACKED_BYTES_MAX);
    }

    /** Where the console's findings and alerts lead to. */
    @Test
    void whatAFindingMeansIsShownAsText() throws Exception {
        HttpResponse<String> response = one.get("/console/findings/no-margin.md");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("text/plain; charset=utf-8");
        assertThat(response.body()).startsWith("# no-margin\n").contains("## What to do");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing",
                "..%2Fpackage-info.class",
                "index.html/",
                "api",
                "findings/",
                "findings/no-such.md",
                "findings/..%2Findex.html"
            })
    void whatIsNotThereIsNotFound(String name) throws Exception {
        assertThat(one.get("/console/" + name).statusCode()).isEqualTo(404);
    }

    @Test
    void anUnknownQuestionIsRefusedInASentence() throws Exception {
        HttpResponse<String> response = one.get("/console/api/weather");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(OneServer.json(response.body()).get("error").asString())
                .isEqualTo("no such question: weather");
    }

    @Test
    void otherMethodsAreRefused() throws Exception {
        HttpRequest put =
                one.request("/console/api/overview")
                        .PUT(HttpRequest.BodyPublishers.ofString("x"))
                        .build();
        HttpResponse<String> response = one.http.send(put, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(405);
    }

    @Test
    void aStandaloneServerIsItsOnlyMember() throws Exception {
        JsonNode overview = one.ask("overview");
        assertThat(overview.get("standalone").asBoolean()).isTrue();
        assertThat(overview.get("mode").asString()).isEqualTo("standalone");
        assertThat(overview.get("members")).hasSize(1);
        JsonNode self = overview.get("members").get(0);
        assertThat(self.get("state").asString()).isEqualTo("standalone");
        assertThat(self.get("self").asBoolean()).isTrue();
        assertThat(self.get("zxid").asString()).startsWith("0x");
        assertThat(overview.get("here").get("znodes").asInt()).isGreaterThanOrEqualTo(4);
        assertThat(overview.get("history").get(0).get("role").asString()).isEqualTo("leading");
    }

    @Test
    void aPageIsToldAgainAndAgain() throws Exception {
        HttpResponse<InputStream> stream =
                one.http.send(
                        one.request("/console/api/events").build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.headers().firstValue("content-type")).hasValue("text/event-stream");
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 2; i++) {
                assertThat(lines.readLine()).isEqualTo("event: overview");
                String data = lines.readLine();
                assertThat(data).startsWith("data: {");
                assertThat(OneServer.json(data.substring(6)).get("serving").asBoolean()).isTrue();
                assertThat(lines.readLine()).isEmpty();
            }
        }
    }
}
