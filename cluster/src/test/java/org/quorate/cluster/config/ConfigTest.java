package org.quorate.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** Live configuration in simulated time. */
class ConfigTest {
    private enum Mode {
        FAST,
        SAFE
    }

    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final String PATH = "/db/config/ingest";
    private static final Setting<Long> BATCH = Setting.whole("batch", 100, 1, 10_000);
    private static final Setting<Double> RATIO = Setting.real("ratio", 0.5, 0, 1);
    private static final Setting<Boolean> ON = Setting.flag("on", true);
    private static final Setting<String> NAME =
            Setting.text("name", "x").must("be short", text -> text.length() < 5);
    private static final Setting<Mode> MODE = Setting.choice("mode", Mode.SAFE);
    private static final Setting<Duration> WAIT =
            Setting.duration("wait", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(5));
    private static final Schema SCHEMA =
            Schema.of(BATCH, RATIO, ON, NAME, MODE, WAIT)
                    .must(
                            "fast batches are small",
                            v -> v.get(MODE) == Mode.SAFE || v.get(BATCH) < 1_000);

    private final World world = new World(1);
    private final ConfigAdmin admin =
            ConfigAdmin.open(Coordinator.on(world.host("admin", SESSION), SESSION), PATH, SCHEMA);
    private final Map<String, SimulatedHost> hosts = new HashMap<>();

    @AfterEach
    void end() {
        world.close();
    }

    private LiveConfig member(String name, LiveConfig.Listener listener) {
        SimulatedHost host = world.host(name, SESSION);
        hosts.put(name, host);
        LiveConfig config =
                LiveConfig.open(Coordinator.on(host, SESSION), PATH, SCHEMA, name, listener);
        settle();
        return config;
    }

    private LiveConfig member(String name) {
        return member(name, (before, after) -> {});
    }

    private void settle() {
        world.run(Duration.ofSeconds(1));
    }

    @Test
    void everyTypeIsWrittenAndReadBack() throws Exception {
        Values values =
                SCHEMA.defaults()
                        .edit()
                        .set(BATCH, 7L)
                        .set(RATIO, 0.25)
                        .set(ON, false)
                        .set(NAME, "abc")
                        .set(MODE, Mode.FAST)
                        .set(WAIT, Duration.ofMillis(1_500))
                        .done();
        Values again = SCHEMA.read(Json.parseObject(values.toString()));
        assertThat(again.get(BATCH)).isEqualTo(7);
        assertThat(again.get(RATIO)).isEqualTo(0.25);
        assertThat(again.get(ON)).isFalse();
        assertThat(again.get(NAME)).isEqualTo("abc");
        assertThat(again.get(MODE)).isEqualTo(Mode.FAST);
        assertThat(again.get(WAIT)).isEqualTo(Duration.ofMillis(1_500));
        assertThat(again.differencesTo(SCHEMA.defaults())).hasSize(6);
        assertThat(SCHEMA.defaults().get(WAIT)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void everythingThatIsWrongIsNamedAndNothingIsWritten() throws Exception {
        LiveConfig config = member("n1");
        assertThatThrownBy(() ->
                        admin.change(
                                "bad",
                                edit ->
                                        edit.set(BATCH, 0L)
                                                .set(NAME, "much too long")
                                                .setWritten("mode", Json.of("wild"))
                                                .setWritten("wait", Json.of("soon"))))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        wrong ->
                                assertThat(wrong.violations())
                                        .satisfiesExactly(
                                                v -> assertThat(v).contains("batch", "between"),
                                                v -> assertThat(v).contains("name", "short"),
                                                v -> assertThat(v).contains("mode", "fast"),
                                                v -> assertThat(v).contains("wait", "250ms")));
        assertThatThrownBy(() ->
                        admin.change(
                                "bad together",
                                edit -> edit.set(MODE, Mode.FAST).set(BATCH, 5_000L)))
                .hasMessageContaining("fast batches are small");
        settle();
        assertThat(config.version()).isZero();
        assertThat(admin.history()).isEmpty();
    }

    @Test
    void aChangeReachesEverybodyAndLaterOnesBuildOnIt() throws Exception {
        List<Long> heard = new ArrayList<>();
        LiveConfig config = member("n1", (before, after) -> heard.add(after.get(BATCH)));
        assertThat(config.now().get(BATCH)).isEqualTo(100);
        admin.change("more", edit -> edit.set(BATCH, 200L));
        settle();
        admin.change("off", edit -> edit.set(ON, false));
        settle();
        assertThat(config.now().get(BATCH)).isEqualTo(200);
        assertThat(config.now().get(ON)).isFalse();
        admin.change("default", edit -> edit.unset(BATCH));
        settle();
        assertThat(heard).containsExactly(200L, 200L, 100L);
        assertThat(config.version()).isEqualTo(3);
        LiveConfig late = member("n2");
        assertThat(late.version()).isEqualTo(3);
        assertThat(admin.history())
                .extracting(Revision::why)
                .containsExactly("more", "off", "default");
    }

    @Test
    void aVersionIsTriedByCanariesFirstThenWidenedThenForAll() throws Exception {
        LiveConfig canary = member("canary");
        List<LiveConfig> others = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            others.add(member("n" + i));
        }
        long version = admin.tryOut("larger", edit -> edit.set(BATCH, 500L), List.of("canary"));
        assertThatIllegalStateException()
                .as("nobody else may change now")
                .isThrownBy(() -> admin.change("x", edit -> {}))
                .withMessageContaining("being tried out");
        settle();
        assertThat(canary.version()).isEqualTo(version);
        assertThat(others).allMatch(one -> one.version() == 0);
        admin.widen(50);
        settle();
        long widened = others.stream().filter(one -> one.version() == version).count();
        assertThat(widened).isBetween(1L, 11L);
        admin.complete();
        settle();
        assertThat(others).allMatch(one -> one.version() == version);
        assertThat(canary.version()).isEqualTo(version);
    }

    @Test
    void aVersionThatACanaryRefusesGoesNoFurther() throws Exception {
        LiveConfig canary =
                member(
                        "canary",
                        (before, after) -> {
                            if (after.get(BATCH) > 300) {
                                throw new IllegalStateException("out of memory");
                            }
                        });
        LiveConfig other = member("n1");
        long version = admin.tryOut("larger", edit -> edit.set(BATCH, 500L), List.of("canary"));
        settle();
        assertThat(canary.version()).isZero();
        assertThat(canary.now().get(BATCH)).isEqualTo(100);
        assertThat(admin.applied().get("canary").refused()).isEqualTo(version);
        assertThatIllegalStateException()
                .isThrownBy(admin::complete)
                .withMessageContaining("out of memory");
        admin.abort();
        settle();
        assertThat(other.version()).isZero();
        assertThat(admin.applied().get("canary").error()).isEmpty();
        assertThat(admin.change("smaller", edit -> edit.set(BATCH, 250L))).isEqualTo(2);
        settle();
        assertThat(canary.now().get(BATCH)).isEqualTo(250);
    }

    @Test
    void aCanaryThatIsNotThereHoldsTheRolloutUp() throws Exception {
        admin.tryOut("larger", edit -> edit.set(BATCH, 500L), List.of("nobody"));
        assertThatIllegalStateException()
                .isThrownBy(() -> admin.widen(10))
                .withMessageContaining("nobody is not there");
        admin.abort();
        assertThatIllegalStateException().isThrownBy(() -> admin.widen(10));
    }

    @Test
    void aRollBackIsANewVersionWithOldValues() throws Exception {
        LiveConfig config = member("n1");
        admin.change("one", edit -> edit.set(BATCH, 200L));
        admin.change("two", edit -> edit.set(BATCH, 300L));
        assertThat(admin.rollBackTo(1, "worse")).isEqualTo(3);
        settle();
        assertThat(config.now().get(BATCH)).isEqualTo(200);
        assertThat(admin.rollBackTo(0, "defaults")).isEqualTo(4);
        settle();
        assertThat(config.now().get(BATCH)).isEqualTo(100);
        assertThatIllegalArgumentException().isThrownBy(() -> admin.rollBackTo(77, "?"));
    }

    @Test
    void theNewestVersionsAreKept() throws Exception {
        for (int i = 1; i <= ConfigAdmin.VERSIONS_MAX + 5; i++) {
            long value = i;
            admin.change("step", edit -> edit.set(BATCH, value));
        }
        assertThat(admin.history())
                .hasSize(ConfigAdmin.VERSIONS_MAX)
                .last()
                .matches(revision -> revision.version() == ConfigAdmin.VERSIONS_MAX + 5);
    }

    @Test
    void twoAdminsBuildOnEachOther() throws Exception {
        ConfigAdmin second =
                ConfigAdmin.open(
                        Coordinator.on(world.host("admin2", SESSION), SESSION), PATH, SCHEMA);
        admin.change("a", edit -> edit.set(BATCH, 200L));
        second.change("b", edit -> edit.set(ON, false));
        assertThat(admin.stable().toString()).contains("\"batch\":200", "\"on\":false");
    }

    @Test
    void whatANewerSchemaWroteIsKeptAndNotJudged() throws Exception {
        Schema older = Schema.of(BATCH);
        admin.change("newer", edit -> edit.set(ON, false).set(BATCH, 300L));
        ConfigAdmin old =
                ConfigAdmin.open(Coordinator.on(world.host("old", SESSION), SESSION), PATH, older);
        old.change("older", edit -> edit.set(BATCH, 400L));
        assertThat(admin.stable().toString()).contains("\"on\":false", "\"batch\":400");
        assertThatIllegalArgumentException().isThrownBy(() -> older.defaults().get(ON));
    }

    @Test
    void aMemberKeepsItsValuesWhileCutOffAndWhenTheHeadIsNonsense() throws Exception {
        LiveConfig config = member("n1");
        admin.change("one", edit -> edit.set(BATCH, 200L));
        settle();
        hosts.get("n1").cut();
        admin.change("two", edit -> edit.set(BATCH, 300L));
        world.run(Duration.ofSeconds(10));
        assertThat(config.now().get(BATCH)).isEqualTo(200);
        hosts.get("n1").heal();
        world.run(Duration.ofSeconds(10));
        assertThat(config.now().get(BATCH)).isEqualTo(300);
        assertThat(admin.applied().get("n1").version()).isEqualTo(2);
        Coordinator vandal = Coordinator.on(world.host("vandal", SESSION), SESSION);
        vandal.znodes().commit(new Transaction().put(PATH, Bytes.utf8("nonsense"), -1));
        settle();
        assertThat(config.now().get(BATCH)).isEqualTo(300);
    }

    @Test
    void aDefaultThatBreaksItsOwnRuleIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Setting.whole("x", 5, 10, 20))
                .withMessageContaining("default");
        assertThatIllegalArgumentException().isThrownBy(() -> Schema.of(BATCH, BATCH));
    }
}
