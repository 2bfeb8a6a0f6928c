package org.quorate.node.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.quorate.node.insight.SlowLog.SlowOperation;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.Traces;

class OperationSpansTest {
    private static final long SECOND = 1_000_000_000;

    private static SlowOperation operation(int err) {
        return new SlowOperation(
                10_000,
                "setData",
                "/app/n1",
                0x1a2b,
                "10.0.0.7:4711",
                "digest:bob",
                7,
                0x100000005L,
                err,
                6 * SECOND,
                Map.of(
                        Stage.DECODE, SECOND,
                        Stage.QUEUE, SECOND,
                        Stage.PREPARE, SECOND,
                        Stage.SYNC, 2 * SECOND,
                        Stage.QUORUM, 3 * SECOND));
    }

    private static Map<String, SpanData> told(SlowOperation operation) {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        OpenTelemetrySdk sdk =
                OpenTelemetrySdk.builder()
                        .setTracerProvider(
                                SdkTracerProvider.builder()
                                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                                        .build())
                        .build();
        OperationSpans teller = new OperationSpans(sdk, 3, () -> {});
        teller.tell(operation);
        return spans.getFinishedSpanItems().stream()
                .collect(Collectors.toMap(SpanData::getName, span -> span));
    }

    @Test
    void anOperationIsASpanWithItsStagesBelowIt() {
        Map<String, SpanData> spans = told(operation(0));
        SpanData whole = spans.get("setData");
        assertThat(whole.getStartEpochNanos()).isEqualTo(4 * SECOND);
        assertThat(whole.getEndEpochNanos()).isEqualTo(10 * SECOND);
        assertThat(whole.getAttributes().asMap().toString())
                .contains("/app/n1", "0x1a2b", "10.0.0.7:4711", "digest:bob", "0x100000005");
        assertThat(spans.keySet())
                .containsExactlyInAnyOrder(
                        "setData", "decode", "queue", "prepare", "sync", "quorum");
        for (String stage : List.of("decode", "queue", "prepare", "sync", "quorum")) {
            assertThat(spans.get(stage).getParentSpanId()).isEqualTo(whole.getSpanId());
        }
    }

    @Test
    void stagesFollowEachOtherAndTheDiskRunsBesideTheQuorum() {
        Map<String, SpanData> spans = told(operation(0));
        assertThat(spans.get("queue").getStartEpochNanos()).isEqualTo(5 * SECOND);
        assertThat(spans.get("prepare").getEndEpochNanos()).isEqualTo(7 * SECOND);
        assertThat(spans.get("sync").getStartEpochNanos()).isEqualTo(7 * SECOND);
        assertThat(spans.get("quorum").getStartEpochNanos()).isEqualTo(7 * SECOND);
        assertThat(spans.get("quorum").getEndEpochNanos()).isEqualTo(10 * SECOND);
    }

    @Test
    void anErrorIsMarked() {
        assertThat(told(operation(-101)).get("setData").getStatus().getStatusCode().name())
                .isEqualTo("ERROR");
        assertThat(told(operation(0)).get("setData").getStatus().getStatusCode().name())
                .isEqualTo("UNSET");
    }

    @Test
    void oneInSoManyIsDrawnAndNoneWhereNothingIsTold() {
        Traces.Sampler sampler =
                new Traces(
                                10,
                                new Traces.Teller() {
                                    @Override
                                    public void tell(SlowOperation operation) {}

                                    @Override
                                    public void close() {}
                                })
                        .sampler();
        int drawn = 0;
        for (int i = 0; i < 100; i++) {
            drawn += sampler.draws(1) ? 1 : 0;
        }
        assertThat(drawn).isEqualTo(10);
        assertThat(Traces.NONE.sampler().draws(1_000_000)).isFalse();
    }
}
