package org.quorate.node.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.quorate.node.insight.SlowLog.SlowOperation;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.Traces;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.Zxid;

/**
 * Tells operations to OpenTelemetry: a span each, with a span below it for each stage that is known
 * (decision 207). Data is never told. Any thread; sending is the SDK's affair, on threads of its
 * own.
 */
public final class OperationSpans implements Traces.Teller {
    private static final String SCOPE = "org.quorate";

    private final Tracer tracer;
    private final long serverId;
    private final Runnable end;

    /**
     * @param end called once, by {@link #close}
     */
    OperationSpans(OpenTelemetry telemetry, long serverId, Runnable end) {
        this.tracer = telemetry.getTracer(SCOPE);
        this.serverId = serverId;
        this.end = end;
    }

    /**
     * As the environment configures the SDK ({@code OTEL_…}): by default over HTTP to a collector
     * on this machine, named {@code quorate}, traces only.
     *
     * @throws LinkageError if the SDK is not on the class path
     * @throws RuntimeException if the SDK finds something wrong with its configuration
     */
    public static OperationSpans configured(long serverId) {
        AutoConfiguredOpenTelemetrySdk sdk =
                AutoConfiguredOpenTelemetrySdk.builder()
                        .disableShutdownHook()
                        .addPropertiesSupplier(() ->
                                Map.of(
                                        "otel.service.name", "quorate",
                                        "otel.exporter.otlp.protocol", "http/protobuf",
                                        "otel.metrics.exporter", "none",
                                        "otel.logs.exporter", "none"))
                        .build();
        return new OperationSpans(
                sdk.getOpenTelemetrySdk(), serverId, () -> sdk.getOpenTelemetrySdk().close());
    }

    @Override
    public void tell(SlowOperation operation) {
        long endNanos = TimeUnit.MILLISECONDS.toNanos(operation.wallMillis());
        long beginNanos = endNanos - operation.totalNanos();
        Span span =
                tracer.spanBuilder(operation.operation())
                        .setNoParent()
                        .setSpanKind(SpanKind.SERVER)
                        .setStartTimestamp(beginNanos, TimeUnit.NANOSECONDS)
                        .setAttribute("quorate.server", serverId)
                        .setAttribute("quorate.path", operation.path())
                        .setAttribute(
                                "quorate.session", "0x" + Long.toHexString(operation.sessionId()))
                        .setAttribute("client.address", operation.address())
                        .setAttribute("quorate.principal", operation.principal())
                        .setAttribute("quorate.xid", operation.xid())
                        .setAttribute("quorate.zxid", "0x" + Zxid.hex(operation.zxid()))
                        .setAttribute("quorate.err", operation.err())
                        .startSpan();
        if (operation.err() != ErrorCode.OK) {
            span.setStatus(StatusCode.ERROR);
        }
        stages(Context.root().with(span), operation.stagesNanos(), beginNanos);
        span.end(endNanos, TimeUnit.NANOSECONDS);
    }

    /** One behind the other; what follows {@code prepare} runs beside each other. */
    private void stages(Context parent, Map<Stage, Long> stages, long beginNanos) {
        long atNanos = beginNanos;
        for (Stage stage : Stage.values()) {
            Long nanos = stages.get(stage);
            if (nanos == null) {
                continue;
            }
            tracer.spanBuilder(stage.label())
                    .setParent(parent)
                    .setStartTimestamp(atNanos, TimeUnit.NANOSECONDS)
                    .startSpan()
                    .end(atNanos + nanos, TimeUnit.NANOSECONDS);
            if (stage.compareTo(Stage.PREPARE) <= 0) {
                atNanos += nanos;
            }
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
