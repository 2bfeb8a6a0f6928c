package org.quorate.cluster.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void whatIsWrittenIsReadBackForAnyValue() throws Exception {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            Json value = any(random, 4);
            assertThat(Json.parse(value.toString())).as("seed %d", seed).isEqualTo(value);
        }
    }

    private static Json any(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 5 : 7);
        return switch (kind) {
            case 0 -> new Json.Null();
            case 1 -> Json.of(random.nextBoolean());
            case 2 -> Json.of(random.nextLong());
            case 3 -> Json.of(random.nextGaussian() * 1e10);
            case 4 -> Json.of(anyText(random));
            case 5 -> {
                List<Json> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(any(random, depth - 1));
                }
                yield new Json.Arr(items);
            }
            default -> {
                Map<String, Json> members = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    members.put(anyText(random), any(random, depth - 1));
                }
                yield new Json.Obj(members);
            }
        };
    }

    private static String anyText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0xd800));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{'a':1}",
                "01",
                "1.",
                "+1",
                "nul",
                "\"\\x\"",
                "[1] 2",
                "{\"a\":1,\"a\":2}",
                "\"\u0001\"",
                "NaN",
                "\"\\u12g4\"",
                "[1 2]",
                "{\"a\" 1}",
                "-"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageContaining("at character");
    }

    @Test
    void escapesAndSpacesAreUnderstood() throws Exception {
        Json.Obj object =
                Json.parseObject(" { \"a\\u0041\\n\\/\" : [ true , false,null , -1.5e3 ] } ");
        assertThat(object.items("aA\n/"))
                .containsExactly(
                        Json.of(true), Json.of(false), new Json.Null(), new Json.Num("-1.5e3"));
    }

    @Test
    void nestingAndLengthHaveLimits() throws Exception {
        String deepest = "[".repeat(Json.DEPTH_MAX + 1) + "]".repeat(Json.DEPTH_MAX + 1);
        assertThat(Json.parse(deepest)).isInstanceOf(Json.Arr.class);
        assertThatThrownBy(() -> Json.parse("[" + deepest + "]")).hasMessageContaining("nested");
        String longest = "\"" + "x".repeat(Json.CHARS_MAX - 2) + "\"";
        assertThat(Json.parse(longest)).isInstanceOf(Json.Str.class);
        assertThatThrownBy(() -> Json.parse(longest + " ")).hasMessageContaining("longer");
        assertThatIllegalArgumentException().isThrownBy(() -> Json.of(Double.NaN));
    }

    @Test
    void aMemberOfAnotherKindIsNamed() throws Exception {
        Json.Obj object = Json.parseObject("{\"n\":1.5,\"s\":\"x\",\"l\":[1],\"z\":null}");
        assertThatThrownBy(() -> object.number("n", 0)).hasMessageContaining("'n'");
        assertThatThrownBy(() -> object.number("s", 0)).hasMessageContaining("whole number");
        assertThatThrownBy(() -> object.text("n", "")).hasMessageContaining("string");
        assertThatThrownBy(() -> object.flag("n", true)).hasMessageContaining("true or false");
        assertThatThrownBy(() -> object.object("s")).hasMessageContaining("object");
        assertThatThrownBy(() -> object.texts("l")).hasMessageContaining("strings");
        assertThat(object.number("z", 7)).as("null is absent").isEqualTo(7);
        assertThat(object.real("n", 0)).isEqualTo(1.5);
        assertThatThrownBy(() -> Json.parseObject("[]")).hasMessageContaining("object");
    }

    @Test
    void changedObjectsAreNewAndKeepTheirOrder() throws Exception {
        Json.Obj before = Json.parseObject("{\"b\":1,\"a\":2}");
        Json.Obj after = before.with("b", Json.of(3)).with("c", Json.of("x")).without("a");
        assertThat(before).hasToString("{\"b\":1,\"a\":2}");
        assertThat(after).hasToString("{\"b\":3,\"c\":\"x\"}");
        assertThat(Json.ofNumbers(before.asNumbers())).isEqualTo(before);
    }
}
