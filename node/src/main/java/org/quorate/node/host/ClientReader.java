package org.quorate.node.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientHandler;
import org.quorate.net.ClientLink;
import org.quorate.net.EdgeLoop;
import org.quorate.node.insight.RequestPath;
import org.quorate.node.insight.SlowLog;
import org.quorate.node.insight.Traces;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Connection;
import org.quorate.replica.Reads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to clients' frames on one event loop: plain reads of a connection that has nothing
 * under way in the core are answered here, everything else is handed to the core, in order, once
 * for each round over the loop's sockets. Owned by the loop, except {@link #giveBack}.
 */
final class ClientReader implements ClientHandler {
    /** Batches of one loop that may wait for the core; with all of them out, sockets wait. */
    private static final int BATCHES_MAX = 8;

    private static final Logger LOG = LoggerFactory.getLogger(ClientReader.class);
    private static final int OUT_BYTES = 16 << 10;
    private static final int OUT_BYTES_KEPT_MAX = 1 << 20;

    private final EdgeLoop loop;
    private final ReaderContext context;
    private final Reads reads;
    private final NamespaceTally tally;
    private final JuteOut out;
    private final HotSampler sampler;
    private final SlowLog slow;
    private final Traces.Sampler traced;
    private final @Nullable RateGate rates;
    private final Principals principals;

    // The core gives batches back through it.
    private final SpscAtomicArrayQueue<RequestBatch> free = new SpscAtomicArrayQueue<>(BATCHES_MAX);
    private int batches;
    private @Nullable RequestBatch current;

    // Links, and closings, that wait for a batch.
    private final List<ClientLink> starving = new ArrayList<>();
    private final ArrayDeque<HostedClient> closings = new ArrayDeque<>();
    private volatile boolean waiting;
    private final Runnable feedStarving = this::feedStarving;

    ClientReader(EdgeLoop loop, ReaderContext context) {
        this.loop = loop;
        this.context = context;
        this.tally = NamespaceTally.ofReads(context.metrics().readsByNamespace);
        this.reads = context.newReads(tally);
        this.out = context.newRepliesOut(OUT_BYTES);
        this.sampler = new HotSampler(context.insight().hot());
        this.slow = context.insight().slow();
        this.traced = context.insight().traces().sampler();
        this.rates = context.newRateGate();
        this.principals = context.newPrincipals();
    }

    @Override
    public int received(ClientLink link, byte[] bytes, int from, int to) {
        if (context.isDraining()) {
            return from;
        }
        if (context.isRefusing()) {
            link.close();
            return to;
        }
        if (!(link.attachment instanceof HostedClient client)) {
            return handshake(link, bytes, from);
        }
        Connection connection = client.connection;
        if (!link.isEstablished() || connection == null) {
            return from;
        }
        connection.touch(link.heardNanos());
        Id user = connection.user();
        if (!Objects.equals(user, client.sharesAs)) {
            client.sharesAs = user;
            link.belongsTo(Principals.party(user, link));
        }
        if (client.proving) {
            if (link.underWay() > 0) {
                return from;
            }
            client.proving = false;
        }
        return rates == null
                ? take(link, client, connection, bytes, from, to)
                : takeWithin(rates, link, client, connection, bytes, from, to);
    }

    /** Takes what is within the limits per second, and refuses what is past one. */
    private int takeWithin(
            RateGate gate,
            ClientLink link,
            HostedClient client,
            Connection connection,
            byte[] bytes,
            int from,
            int to) {
        int end = gate.pay(client, connection.user(), bytes, from + client.countedBytes, to);
        long restMillis = gate.restMillis();
        int at = end == from ? from : take(link, client, connection, bytes, from, end);
        client.countedBytes = end - at;
        // A refusal comes behind the answers to what was before it.
        if (at < end || end < to && link.underWay() > 0) {
            return at;
        }
        if (end < to) {
            out.clear();
            int refused = gate.refuse(client, bytes, end, to, out);
            link.answer(out.array(), 0, out.size(), refused);
            at = Frames.behind(bytes, end, refused);
        }
        if (restMillis > 0) {
            link.rest(restMillis);
        }
        return at;
    }

    private int take(
            ClientLink link,
            HostedClient client,
            Connection connection,
            byte[] bytes,
            int from,
            int to) {
        int at = from;
        if (link.underWay() == 0 && client.isKnown() && isPlain(bytes, at)) {
            at = answer(client, connection, bytes, at, to);
            if (at == to || link.outboundRoom() <= 0) {
                return at;
            }
        }
        SaslDesk sasl = context.sasl();
        PluginDesk plugins = context.plugins();
        if (sasl == null && plugins == null) {
            return handOver(link, client, bytes, at, to);
        }
        int proof = firstProof(sasl, plugins, bytes, at, to);
        if (proof > at) {
            at = handOver(link, client, bytes, at, proof);
        }
        return at == proof && proof < to ? prove(sasl, plugins, link, client, bytes, proof) : at;
    }

    /**
     * Where the first packet begins that says who the client is and is not looked at by the core;
     * {@code to} if there is none.
     */
    private static int firstProof(
            @Nullable SaslDesk sasl, @Nullable PluginDesk plugins, byte[] bytes, int from, int to) {
        int at = from;
        while (at < to
                && !(sasl != null && Frames.isSasl(bytes, at))
                && !(plugins != null && isOfPlugin(plugins, bytes, at))) {
            at += 4 + Frames.length(bytes, at);
        }
        return at;
    }

    private static boolean isOfPlugin(PluginDesk plugins, byte[] bytes, int at) {
        return Frames.type(bytes, at) == OpCode.AUTH && plugins.providerOf(bytes, at) != null;
    }

    /**
     * Such a packet waits until all before it is answered, and all behind it waits for it: what was
     * asked before is not done as who the client is afterwards, nor the other way round.
     */
    private int prove(
            @Nullable SaslDesk sasl,
            @Nullable PluginDesk plugins,
            ClientLink link,
            HostedClient client,
            byte[] bytes,
            int at) {
        if (link.underWay() > 0) {
            return at;
        }
        roundDone();
        int end = at + 4 + Frames.length(bytes, at);
        boolean isSasl = sasl != null && Frames.isSasl(bytes, at);
        byte[] token = isSasl ? Frames.saslToken(bytes, at) : null;
        if (isSasl && (token == null || token.length > SaslDesk.TOKEN_BYTES_MAX)) {
            LOG.warn("closing {}: a SASL packet without a token, or too long", link.remote());
            link.close();
            return end;
        }
        client.proving = true;
        link.handOver(1, end - at, false);
        boolean taken =
                sasl != null && token != null
                        ? sasl.take(client, Frames.xid(bytes, at), token)
                        : plugins != null && plugins.take(client, bytes, at);
        if (!taken) {
            LOG.warn("closing {}: too many clients prove who they are", link.remote());
            link.close();
        }
        return end;
    }

    @Override
    public void roundDone() {
        RequestBatch batch = current;
        if (batch != null && !batch.isEmpty()) {
            current = null;
            batch.handed();
            context.core().putAndRun(batch, loop);
        }
    }

    @Override
    public void closed(ClientLink link) {
        if (link.attachment instanceof HostedClient client) {
            starving.remove(link);
            if (rates != null) {
                rates.closed(client);
            }
            closings.add(client);
            passClosings();
        }
    }

    /** The core has fed the batch. Called on the core thread. */
    void giveBack(RequestBatch batch) {
        free.offer(batch);
        if (waiting) {
            waiting = false;
            loop.execute(feedStarving);
        }
    }

    private int handshake(ClientLink link, byte[] bytes, int from) {
        RequestBatch batch = batch();
        if (batch == null) {
            starve(link);
            return from;
        }
        HostedClient client =
                new HostedClient(link, context.nextConnectionId(), principals.of(link));
        link.attachment = client;
        if (rates != null) {
            rates.opened(client);
        }
        int to = from + 4 + Frames.length(bytes, from);
        batch.handshake(client, bytes, from + 4, to);
        link.handOver(1, to - from, true);
        return to;
    }

    private static boolean isPlain(byte[] bytes, int at) {
        return Reads.isPlain(bytes, at + 4, at + 4 + Frames.length(bytes, at));
    }

    /** Answers plain reads until something else comes or the client should read first. */
    private int answer(HostedClient client, Connection connection, byte[] bytes, int from, int to) {
        ClientLink link = client.link;
        int at = from;
        int count = 0;
        out.clear();
        long stamp = context.gate().enter();
        try {
            if (!connection.answersDirectly(link.heardNanos()) || loop.outbox().isOverfull()) {
                return from;
            }
            // What the core has said until now goes out before what can be seen now.
            loop.outbox().drain();
            long room = link.outboundRoom();
            do {
                int end = at + 4 + Frames.length(bytes, at);
                int before = out.size();
                if (!reads.answer(bytes, at + 4, end, connection, out)) {
                    break; // too long for a loop that has others to serve
                }
                if (rates != null) {
                    rates.answers(bytes, at + 4, end - at - 4);
                    rates.replied(client, out.size() - before);
                }
                at = end;
                count++;
            } while (at < to && out.size() < room && isPlain(bytes, at));
        } finally {
            context.gate().leave(stamp);
            tally.flush();
        }
        if (count == 0) {
            return from;
        }
        long nanos = link.answer(out.array(), 0, out.size(), count);
        sampler.taken(client, bytes, from, count);
        boolean isSlow = nanos >= slow.thresholdNanos();
        if (traced.draws(count) || isSlow) {
            tell(client, connection, bytes, from, nanos, isSlow);
        }
        out.shrink(OUT_BYTES_KEPT_MAX);
        return at;
    }

    /** Of reads answered together the first is told. */
    private void tell(
            HostedClient client,
            Connection connection,
            byte[] bytes,
            int at,
            long nanos,
            boolean isSlow) {
        long wallMillis = System.currentTimeMillis();
        boolean isWanted = isSlow && slow.wants(wallMillis);
        if (isSlow && !isWanted) {
            return;
        }
        int from = at + 4;
        int to = from + Frames.length(bytes, at);
        SlowLog.SlowOperation operation =
                new SlowLog.SlowOperation(
                        wallMillis,
                        RequestPath.operation(RequestPath.type(bytes, from, to)),
                        RequestPath.of(bytes, from, to),
                        connection.sessionId(),
                        client.address(),
                        client.principal(),
                        RequestPath.xid(bytes, from, to),
                        context.tree().lastZxid(),
                        0,
                        nanos,
                        Map.of());
        if (isWanted) {
            slow.add(operation);
        }
        context.insight().traces().tell(operation);
    }

    private int handOver(ClientLink link, HostedClient client, byte[] bytes, int from, int to) {
        RequestBatch batch = batch();
        if (batch == null) {
            starve(link);
            return from;
        }
        int room = link.requestRoom();
        int at = from;
        int count = 0;
        int runFrom = from;
        int runCount = 0;
        boolean updates = false;
        boolean afterLarge = false;
        boolean refused = false;
        while (at < to && count < room) {
            int length = Frames.length(bytes, at);
            int end = at + 4 + length;
            boolean update = Reads.isUpdate(bytes, at + 4, end);
            boolean large = link.isLarge(length);
            if (large && !link.admitsLarge(length)) {
                LOG.warn("closing {}: no room for a request of {} bytes", link.remote(), length);
                refused = true;
                break;
            }
            if ((update != updates || large || afterLarge) && runCount > 0) {
                link.handOver(runCount, at - runFrom, updates);
                runFrom = at;
                runCount = 0;
            }
            updates = update;
            afterLarge = large;
            if (Frames.isAnsweredOutOfOrder(bytes, at)) {
                client.authsHanded++;
            } else {
                count++;
                runCount++;
            }
            at = end;
        }
        if (at > from) {
            sampler.taken(client, bytes, from, Math.max(1, count));
            batch.frames(client, bytes, from, at);
        }
        if (runCount > 0) {
            link.handOver(runCount, at - runFrom, updates);
        }
        if (refused) {
            link.close();
            return to;
        }
        return at;
    }

    /** A batch with room; null if the core has all of them. */
    private @Nullable RequestBatch batch() {
        RequestBatch batch = current;
        if (batch != null && !batch.isFull()) {
            return batch;
        }
        roundDone();
        batch = free.poll();
        if (batch == null && batches < BATCHES_MAX) {
            batches++;
            batch = new RequestBatch(this, context);
        }
        current = batch;
        return batch;
    }

    /** Closings are never lost: they wait until there is a batch. */
    private void passClosings() {
        while (!closings.isEmpty()) {
            RequestBatch batch = batch();
            if (batch == null) {
                waitForBatch();
                return;
            }
            batch.closed(closings.remove());
        }
    }

    private void starve(ClientLink link) {
        if (!starving.contains(link)) {
            starving.add(link);
        }
        waitForBatch();
    }

    private void waitForBatch() {
        waiting = true;
        if (!free.isEmpty()) {
            // Given back between the look and the flag.
            waiting = false;
            loop.execute(feedStarving);
        }
    }

    private void feedStarving() {
        passClosings();
        List<ClientLink> links = List.copyOf(starving);
        starving.clear();
        for (ClientLink link : links) {
            link.resume();
        }
        roundDone();
        loop.flush();
    }
}
