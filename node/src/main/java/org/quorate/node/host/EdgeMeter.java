package org.quorate.node.host;

import org.quorate.net.ClientEdge;
import org.quorate.net.RequestMeter;
import org.quorate.net.tls.HandshakeLimit;
import org.quorate.node.metrics.ServerMetrics;

/** Brings what the clients' edge counts into the metrics, when somebody looks. Any thread. */
final class EdgeMeter implements RequestMeter {
    private final ServerMetrics metrics;

    // Guarded by this: what was brought already.
    private ClientEdge.Volume brought = new ClientEdge.Volume(0, 0, 0, 0, 0, 0, 0);
    private long broughtFailed;
    private long broughtExceeded;

    EdgeMeter(ServerMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void answered(boolean update, long millis, long count) {
        (update ? metrics.updateLatency : metrics.readLatency).add(millis, count);
    }

    synchronized void bring(ClientEdge.Volume now, HandshakeLimit handshakes) {
        long failed = handshakes.failed();
        long exceeded = handshakes.exceeded();
        metrics.handshakesFailed.add(failed - broughtFailed);
        metrics.handshakesExceeded.add(exceeded - broughtExceeded);
        broughtFailed = failed;
        broughtExceeded = exceeded;
        metrics.bytesReceived.add(now.received() - brought.received());
        metrics.responseBytes.add(now.replied() - brought.replied());
        metrics.watchBytes.add(now.events() - brought.events());
        metrics.connectionsDropped.add(now.dropped() - brought.dropped());
        metrics.sessionlessExpired.add(now.sessionless() - brought.sessionless());
        metrics.connectionsRejected.add(now.rejected() - brought.rejected());
        metrics.largeRequestsRejected.add(now.largeRejected() - brought.largeRejected());
        brought = now;
    }
}
