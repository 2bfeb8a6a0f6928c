package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class LogReaderTest {
    @TempDir Path dir;

    static Stream<Sample> samples() {
        return Sample.NAMES.stream().map(Sample::of);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void showsEveryRecordAsZooKeeperReadsIt(Sample sample) throws Exception {
        Path files = sample.unpack(dir).resolve("version-2");
        for (JsonNode log : sample.expected().get("logs")) {
            Path path = files.resolve(log.get("name").stringValue());
            if (Files.size(path) == 0) {
                assertThatThrownBy(() -> new LogReader(Disk.REAL, path))
                        .isInstanceOf(IOException.class);
                continue;
            }
            try (LogReader reader = new LogReader(Disk.REAL, path)) {
                compare(reader, log);
            }
        }
    }

    private static void compare(LogReader reader, JsonNode log) throws IOException {
        long total = log.has("txnsTotal") ? log.get("txnsTotal").longValue() : -1;
        int listed = log.get("txns").size();
        long count = 0;
        while (reader.next()) {
            // Of long logs only the first and the last records were kept.
            if (total < 0) {
                compare(reader, log.get("txns").get((int) count), log);
            } else if (count == 0 || count == total - 1) {
                compare(reader, log.get("txns").get(count == 0 ? 0 : listed - 1), log);
            }
            count++;
            if (reader.state() != LogReader.State.GOOD) {
                return;
            }
        }
        assertThat(count).isEqualTo(total < 0 ? listed : total);
        assertThat(reader.end().clean()).isEqualTo(!log.get("end").stringValue().contains("torn"));
    }

    private static void compare(LogReader reader, JsonNode expected, JsonNode log) {
        if (expected.has("crcMismatch")) {
            assertThat(reader.state()).isEqualTo(LogReader.State.BAD_CHECKSUM);
            assertThat(reader.problem()).contains("checksum");
            return;
        }
        assertThat(reader.state()).isEqualTo(LogReader.State.GOOD);
        assertThat(reader.txn().header.zxid)
                .isEqualTo(Sample.zxid(expected.get("zxid").stringValue()));
        assertThat(reader.txn().header.type).isEqualTo(expected.get("type").intValue());
        assertThat(reader.txn().header.sessionId)
                .isEqualTo(Sample.zxid(expected.get("session").stringValue()));
        assertThat(reader.txn().header.cxid).isEqualTo(expected.get("cxid").intValue());
        assertThat(reader.txn().header.timeMillis).isEqualTo(expected.get("time").longValue());
        assertThat(reader.txn().hasDigest()).isEqualTo(expected.has("treeDigest"));
        if (expected.has("treeDigest")) {
            assertThat(Long.toUnsignedString(reader.txn().digest.treeDigest))
                    .isEqualTo(expected.get("treeDigest").stringValue());
        }
        compareFields(TxnFields.of(reader.txn().txn()), expected.get("txn"), log);
    }

    private static void compareFields(Map<String, Object> fields, JsonNode expected, JsonNode log) {
        Map<String, String> names =
                Map.of(
                        "path", "path",
                        "ephemeral", "ephemeral",
                        "parentCVersion", "parentCversion",
                        "ttl", "ttl",
                        "version", "version",
                        "err", "err",
                        "timeOut", "timeout");
        names.forEach((theirs, ours) -> {
            if (expected.has(theirs)) {
                assertThat(String.valueOf(fields.get(ours)))
                        .as("%s in %s", ours, log.get("name"))
                        .isEqualTo(expected.get(theirs).asString());
            }
        });
        if (expected.has("paths2Delete")) {
            assertThat(fields.get("deletes"))
                    .isEqualTo(
                            expected.get("paths2Delete")
                                    .valueStream()
                                    .map(JsonNode::stringValue)
                                    .toList());
        }
        if (expected.has("txns")) {
            assertThat((List<?>) fields.get("ops")).hasSize(expected.get("txns").size());
        }
    }

    @Test
    void aFixedLogLacksTheBadRecordsAndNothingElse() throws Exception {
        Path files = Sample.of("tail-bad-checksum").unpack(dir).resolve("version-2");
        Path fixed = dir.resolve("fixed");
        LogFixer.Result result = LogFixer.copyGood(Disk.REAL, files.resolve("log.a0"), fixed);
        assertThat(result.kept()).isEqualTo(11);
        assertThat(result.dropped()).isOne();
        long count = 0;
        try (LogReader reader = new LogReader(Disk.REAL, fixed)) {
            while (reader.next()) {
                assertThat(reader.state()).isEqualTo(LogReader.State.GOOD);
                count++;
            }
            assertThat(reader.end().clean()).isTrue();
        }
        assertThat(count).isEqualTo(11);
        Files.copy(
                fixed, files.resolve("log.a0"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (Opened opened = Opened.on(Disk.REAL, StoreOptions.of(files.getParent()))) {
            assertThat(opened.recovery.lastZxid()).isEqualTo(0xaa);
        }
    }

    @Test
    void whatIsNotALogIsSaidToBeNone() throws Exception {
        Path path = Files.writeString(dir.resolve("log.1"), "not a log at all, but long enough");
        assertThatThrownBy(() -> new LogReader(Disk.REAL, path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not begin as a transaction log does");
    }
}
