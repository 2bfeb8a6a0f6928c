package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Data directories of ZooKeeper 3.9.6 open here with the same result, or the same refusal. */
class SamplesTest {
    @TempDir Path dir;

    static Stream<Sample> loading() {
        return Sample.NAMES.stream().map(Sample::of).filter(Sample::loads);
    }

    static Stream<Sample> refused() {
        return Sample.NAMES.stream().map(Sample::of).filter(sample -> !sample.loads());
    }

    private static StoreOptions options(Path data, Sample sample) {
        boolean trustEmpty = sample.hasProperty("trust.empty=true");
        return new StoreOptions(
                data, data, 100_000, 1L << 32, 1 << 20, true, "", trustEmpty, true, true, true, 1);
    }

    @ParameterizedTest
    @MethodSource("loading")
    void endsWhereZooKeeperEnds(Sample sample) throws Exception {
        Path data = sample.unpack(dir);
        try (Opened opened = Opened.on(Disk.REAL, options(data, sample))) {
            assertThat(opened.recovery.lastZxid()).isEqualTo(sample.lastZxid());
            assertThat(opened.recovery.mayVote()).isTrue();
        }
        assertThat(Disk.REAL.list(data.resolve("version-2")))
                .containsAll(
                        sample.expected()
                                .get("filesAfterLoad")
                                .valueStream()
                                .map(file -> file.stringValue().substring("version-2/".length()))
                                .toList());
        try (Opened again = Opened.on(Disk.REAL, options(data, sample))) {
            assertThat(again.recovery.lastZxid()).isEqualTo(sample.lastZxid());
            assertThat(again.recovery.findings().stream().filter(f -> f.contains("log.")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhatZooKeeperRefuses(Sample sample) {
        Path data = sample.unpack(dir);
        String line =
                switch (sample.name()) {
                    case "tail-bad-checksum" ->
                            "log.a0 at offset 1222: the record behind transaction 0xaa is damaged:"
                                    + " its checksum is wrong.";
                    case "corrupt-middle" -> "is damaged: its checksum is wrong.";
                    case "torn-inner-log" ->
                            "log.a0 at offset 16: transaction 0xa0 follows 0x90; what was between"
                                    + " is missing.";
                    case "logs-without-snapshot" -> "holds a transaction log, but";
                    default -> "";
                };
        assertThat(line).isNotEmpty();
        assertThatThrownBy(() -> Opened.on(Disk.REAL, options(data, sample)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(line)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @MethodSource("loading")
    void everyNeededRecordIsThereAsZooKeeperReadsIt(Sample sample) throws Exception {
        Path data = sample.unpack(dir);
        List<Long> logged =
                sample.expected()
                        .get("logs")
                        .valueStream()
                        .flatMap(log -> log.get("txns").valueStream())
                        .filter(txn -> txn.has("zxid"))
                        .map(txn -> Sample.zxid(txn.get("zxid").stringValue()))
                        .toList();
        try (Opened opened = Opened.on(Disk.REAL, options(data, sample))) {
            long from = opened.recovery.snapshotZxid();
            List<Long> needed = logged.stream().filter(zxid -> zxid > from).toList();
            assertThat(opened.txns.keySet()).containsAll(needed);
            // Of long logs only the ends were recorded.
            boolean whole =
                    sample.expected()
                            .get("logs")
                            .valueStream()
                            .noneMatch(log -> log.has("txnsTotal"));
            if (whole) {
                assertThat(opened.txns).hasSameSizeAs(needed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("loading")
    void theTreeIsZooKeepersTree(Sample sample) throws Exception {
        Path data = sample.unpack(dir);
        try (Store store = Store.open(Disk.REAL, options(data, sample))) {
            LoadedTree loaded = LoadedTree.from(store);
            compare(sample, loaded);
            // And again from a snapshot of our own.
            store.writeSnapshot(loaded.tree().freeze());
            LoadedTree again = LoadedTree.from(store);
            compare(sample, again);
            assertThat(again.compared()).isPositive();
            assertThat(again.tree().digest()).isEqualTo(loaded.tree().digest());
        }
    }

    private static void compare(Sample sample, LoadedTree loaded) {
        JsonNode expected = sample.expected();
        assertThat(loaded.tree().lastZxid()).isEqualTo(sample.lastZxid());
        if (!sample.hasProperty("digest.enabled=false")) {
            assertThat(Long.toUnsignedString(loaded.tree().digest()))
                    .isEqualTo(expected.get("treeDigest").stringValue());
        }
        assertThat(loaded.sessions()).isEqualTo(sessions(expected.get("sessions")));
        Map<String, Map<String, String>> nodes = loaded.nodes();
        assertThat(nodes.keySet())
                .isEqualTo(
                        expected.get("nodes")
                                .valueStream()
                                .map(node -> node.get("path").stringValue())
                                .collect(Collectors.toCollection(TreeSet::new)));
        for (JsonNode node : expected.get("nodes")) {
            String path = node.get("path").stringValue();
            nodes.get(path)
                    .forEach((field, value) ->
                            assertThat(value)
                                    .as("%s of %s", field, path)
                                    .isEqualTo(text(node.get(field))));
        }
    }

    private static Map<Long, Integer> sessions(JsonNode expected) {
        Map<Long, Integer> sessions = new TreeMap<>();
        expected.properties()
                .forEach(e -> sessions.put(Sample.zxid(e.getKey()), e.getValue().intValue()));
        return sessions;
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::stringValue).toList().toString()
                : value.isNull() ? "null" : value.asString();
    }
}
