package org.quorate.node.host;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientEdgeOptions;
import org.quorate.node.insight.Insight;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Reads;
import org.quorate.replica.ReplicaOptions;
import org.quorate.tree.DataTree;

/** What the {@link ClientReader}s of all event loops have in common. */
final class ReaderContext {
    private final DataTree tree;
    private final ReplicaOptions options;
    private final Supplier<Principals> principals;
    private final ReadGate gate;
    private final ClientEffects effects;
    private final ServerMetrics metrics;
    private final Insight insight;
    private final @Nullable RateTable rates;
    private final AtomicLong connectionIds = new AtomicLong();
    private final Backlog backlog = new Backlog(() -> core().signal());
    private volatile @Nullable CoreLoop core;
    private volatile @Nullable SaslDesk sasl;
    private volatile @Nullable PluginDesk plugins;
    private volatile boolean draining;
    private volatile boolean refusing;

    ReaderContext(
            DataTree tree,
            ReplicaOptions options,
            Supplier<Principals> principals,
            ReadGate gate,
            ClientEffects effects,
            ServerMetrics metrics,
            Insight insight,
            @Nullable RateTable rates) {
        this.tree = tree;
        this.options = options;
        this.principals = principals;
        this.gate = gate;
        this.effects = effects;
        this.metrics = metrics;
        this.insight = insight;
        this.rates = rates;
    }

    DataTree tree() {
        return tree;
    }

    /** Says who a client is at first, for one event loop. */
    Principals newPrincipals() {
        return principals.get();
    }

    ReadGate gate() {
        return gate;
    }

    ClientEffects effects() {
        return effects;
    }

    /** Of the core. */
    Backlog backlog() {
        return backlog;
    }

    ServerMetrics metrics() {
        return metrics;
    }

    Insight insight() {
        return insight;
    }

    /** A reader of the tree for one event loop. */
    Reads newReads(NamespaceTally tally) {
        return new Reads(tree, options, tally);
    }

    /** Limits per second for one event loop; null if there are none. */
    @Nullable RateGate newRateGate() {
        return rates == null ? null : new RateGate(rates);
    }

    /** Room for the replies to one read of a socket: the last of them may be the longest. */
    JuteOut newRepliesOut(int capacityBytes) {
        long max =
                (long) options.replyBytesMax() + ClientEdgeOptions.DEFAULT.outbound().bytesPause();
        return new JuteOut(capacityBytes, (int) Math.min(max, Integer.MAX_VALUE));
    }

    /** Never zero, never the same twice. */
    long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    /** Before anything listens. */
    void sasl(SaslDesk desk) {
        sasl = desk;
    }

    /** Null without a SASL login: then such packets are nothing special. */
    @Nullable SaslDesk sasl() {
        return sasl;
    }

    /** Before anything listens. */
    void plugins(PluginDesk desk) {
        plugins = desk;
    }

    /** Null without plug-ins. */
    @Nullable PluginDesk plugins() {
        return plugins;
    }

    /** Before anything listens. */
    void core(CoreLoop theCore) {
        core = theCore;
    }

    CoreLoop core() {
        CoreLoop known = core;
        if (known == null) {
            throw new IllegalStateException("the core is not there yet");
        }
        return known;
    }

    /** Clients are sent away, from now on or no longer: another server is to serve them. */
    void refuse(boolean all) {
        refusing = all;
    }

    boolean isRefusing() {
        return refusing;
    }

    /** The server is stopping: nothing more is taken from clients. */
    void drain() {
        draining = true;
    }

    boolean isDraining() {
        return draining;
    }
}
