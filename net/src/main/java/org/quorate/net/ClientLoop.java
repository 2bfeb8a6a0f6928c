package org.quorate.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.BytePool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the client links of one event loop share. Owned by that loop. */
final class ClientLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLoop.class);
    private static final long BUCKET_MILLIS_MAX = 250;

    /**
     * What is looked at of one party in a round, bytes, if there are others: a turn of whoever
     * sends much at once, some dozens of turns of whoever sends little on many links.
     */
    static final int ROUND_BYTES = TurnBuffers.TURN_BYTES;

    /** A turn costs no less, however short the request. */
    static final int TURN_BYTES_MIN = 64;

    private static final int READ_BYTES = TurnBuffers.FRAME_BYTES;

    /** Arrays for frames of which a part has come, that no link uses. */
    private static final int PARTS_BYTES_KEPT_MAX = 2 << 20;

    private static final long WALL_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EdgeLoop edgeLoop;
    private final int number;
    private final ClientEdgeOptions options;
    private final FourLetterWords words;
    private final ClientHandler handler;
    private final UnderWay underWay;
    private final Unsent unsent;
    private final IdleWheel wheel;
    private final long bucketMillis;
    private final TurnBuffers buffers = new TurnBuffers();
    private final RequestTimes.Pool times = new RequestTimes.Pool();
    private final List<ClientLink> links = new ArrayList<>();
    private final LoopTotals totals;
    private final Runnable roundEnds = this::roundEnds;
    private final Runnable sweep = this::sweep;
    private final Runnable nextTurns = this::nextTurns;
    private final Runnable behindThisLook = this::behindThisLook;
    // Whose links wait for the next round; and the one that has its turn now.
    private final List<Party.Turns> crowded = new ArrayList<>();
    private boolean turnsAreDue;
    private @Nullable ClientLink served;
    private long round = 1;
    private final byte[] scratch = new byte[READ_BYTES];
    private final BytePool parts = new BytePool(PARTS_BYTES_KEPT_MAX);
    private final Runnable shed = this::shed;
    private boolean shedding;
    private boolean inRound;
    private boolean sweeping;
    private long wallMillis = System.currentTimeMillis();
    private long wallReadNanos = System.nanoTime();

    ClientLoop(
            EventLoop eventLoop,
            int number,
            ClientEdgeOptions options,
            UnderWay underWay,
            Unsent unsent,
            Function<EdgeLoop, ClientHandler> handlers,
            FourLetterWords words,
            RequestMeter meter) {
        this.edgeLoop = new EdgeLoop(eventLoop);
        this.number = number;
        this.options = options;
        this.underWay = underWay;
        this.unsent = unsent;
        this.words = words;
        this.totals = new LoopTotals(meter);
        this.handler = handlers.apply(edgeLoop);
        this.bucketMillis =
                Math.clamp(options.silence().sessionlessMillisMax() / 4, 1, BUCKET_MILLIS_MAX);
        this.wheel = new IdleWheel(TimeUnit.MILLISECONDS.toNanos(bucketMillis), System.nanoTime());
    }

    EdgeLoop edgeLoop() {
        return edgeLoop;
    }

    ClientEdgeOptions options() {
        return options;
    }

    FourLetterWords words() {
        return words;
    }

    ClientHandler handler() {
        return handler;
    }

    /** Requests of all links of all loops that are under way. */
    UnderWay underWay() {
        return underWay;
    }

    /** A link has so many bytes more, or less, to send than it said last. */
    void unsent(long more) {
        unsent.add(more);
        if (more > 0 && unsent.isTooMuch() && !shedding) {
            shedding = true;
            edgeLoop.execute(shed); // not from within a flush
        }
    }

    LoopTotals totals() {
        return totals;
    }

    TurnBuffers buffers() {
        return buffers;
    }

    RequestTimes.Pool times() {
        return times;
    }

    /** Room for one read, reused. */
    byte[] scratch(int length) {
        return length <= scratch.length ? scratch : new byte[length];
    }

    /** For what is read and not whole yet. */
    BytePool parts() {
        return parts;
    }

    /** What a paused link may keep: a frame, and what was read before reading stopped. */
    int keptBytesMax() {
        return options.frameBytesMax() + 8 * READ_BYTES;
    }

    /** The wall clock, at most a millisecond old. */
    long wallMillis(long nowNanos) {
        if (nowNanos - wallReadNanos >= WALL_EVERY_NANOS) {
            wallReadNanos = nowNanos;
            wallMillis = System.currentTimeMillis();
        }
        return wallMillis;
    }

    /** The handler is about to be handed frames: it hears of the round's end. */
    void roundBegins() {
        if (!inRound) {
            inRound = true;
            edgeLoop.execute(roundEnds);
        }
    }

    /**
     * May so many bytes of this link be looked at in this round? A party has its part of each
     * round, however many links it has; those past it wait for the next, in the order in which they
     * came.
     */
    boolean hasTurn(ClientLink link, Party party, int bytes) {
        Party.Turns turns = party.turns(number);
        turns.beginUnlessBegun(round);
        int turn = Math.max(TURN_BYTES_MIN, bytes);
        if (link == served || turns.waiting.isEmpty() && turns.hasRoom(turn)) {
            turns.bytes += turn;
            return true;
        }
        if (link.waitingBytes == 0) {
            link.waitingBytes = turn;
            turns.waiting.add(link);
            if (!turns.listed) {
                turns.listed = true;
                crowded.add(turns);
            }
            nextTurnsLater();
        }
        return false;
    }

    /**
     * Behind the next look at the sockets, so that others come in between. What is run now comes
     * behind the present look, what is scheduled then behind the next one.
     */
    private void nextTurnsLater() {
        if (!turnsAreDue) {
            turnsAreDue = true;
            edgeLoop.execute(behindThisLook);
        }
    }

    private void behindThisLook() {
        edgeLoop.later(nextTurns, 0);
    }

    private void nextTurns() {
        turnsAreDue = false;
        round++;
        boolean anyServed = false;
        // By index: what is served may let links of others come to wait.
        for (int i = 0; i < crowded.size(); i++) {
            Party.Turns turns = crowded.get(i);
            turns.beginUnlessBegun(round);
            while (!turns.waiting.isEmpty()
                    && turns.hasRoom(turns.waiting.element().waitingBytes)) {
                serve(turns.waiting.remove());
                anyServed = true;
            }
        }
        crowded.forEach(turns -> turns.listed = !turns.waiting.isEmpty());
        crowded.removeIf(turns -> !turns.listed);
        if (anyServed) {
            nextTurnsLater(); // if only for the round to end behind a look
        }
        edgeLoop.flush();
    }

    /** What goes wrong with one link, as with what is read from a socket, ends that one alone. */
    private void serve(ClientLink link) {
        link.waitingBytes = 0;
        served = link;
        try {
            link.resume();
        } catch (RuntimeException e) {
            LOG.error("closing {}", link.remote(), e);
            link.closeNow();
        } finally {
            served = null;
        }
    }

    void opened(ClientLink link) {
        link.listIndex = links.size();
        links.add(link);
        wheel.add(link);
        if (!sweeping) {
            sweeping = true;
            sweepLater();
        }
    }

    void closed(ClientLink link) {
        wheel.remove(link);
        ClientLink last = links.removeLast();
        if (last != link) {
            links.set(link.listIndex, last);
            last.listIndex = link.listIndex;
        }
        roundBegins();
        link.gone();
    }

    void deadlineMoved(ClientLink link) {
        wheel.remove(link);
        if (link.channel().isActive()) {
            wheel.add(link);
        }
    }

    void slowReader(ClientLink link) {
        LOG.atWarn()
                .addKeyValue("session", () -> "0x" + Long.toHexString(link.sessionId()))
                .log(
                        "closing {}: it does not read; {} bytes are waiting for it",
                        link.remote(),
                        link.outboundBytes());
    }

    /** The client may end its side before it has read the answer to its word. */
    void keepsInputShut(ClientLink link) {
        if (!link.isSecure()) {
            link.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    /** Half-closes: the client reads the answer, then closes, or is closed by the wheel. */
    void shutOutput(ClientLink link) {
        deadlineMoved(link);
        if (link.channel() instanceof DuplexChannel duplex) {
            if (link.isSecure() || duplex.isInputShutdown()) {
                // TLS says by itself that nothing more comes.
                link.close();
                edgeLoop.flush();
            } else {
                ChannelFuture _ = duplex.shutdownOutput();
            }
        }
    }

    /** What those links have done that speak TLS, or those that do not. */
    List<LinkStats> stats(boolean secure) {
        List<LinkStats> stats = new ArrayList<>(links.size());
        for (ClientLink link : links) {
            if (link.isSecure() == secure) {
                stats.add(link.stats());
            }
        }
        return stats;
    }

    void resetStats() {
        totals.reset();
    }

    void resetLinkStats() {
        links.forEach(ClientLink::resetStats);
    }

    /** Closes links: all, or those of one session. */
    int close(long sessionId, boolean all) {
        int count = 0;
        for (ClientLink link : List.copyOf(links)) {
            if (all || link.sessionId() == sessionId) {
                link.close();
                count++;
            }
        }
        edgeLoop.flush();
        return count;
    }

    private void roundEnds() {
        inRound = false;
        if (!turnsAreDue) {
            round++;
        }
        handler.roundDone();
        edgeLoop.flush();
    }

    /** While too much waits for clients to read, those with more than their share are closed. */
    private void shed() {
        shedding = false;
        if (!unsent.isTooMuch()) {
            return;
        }
        links.forEach(ClientLink::countUnsent);
        long share = unsent.share(links.size() * options.loops());
        for (ClientLink link : List.copyOf(links)) {
            if (unsent.isTooMuch() && link.outboundBytes() > share) {
                slowReader(link);
                link.closeNow();
            }
        }
    }

    private void sweepLater() {
        edgeLoop.later(sweep, bucketMillis);
    }

    private void sweep() {
        long nowNanos = System.nanoTime();
        shed();
        wheel.advance(nowNanos, link -> link.silent(nowNanos));
        edgeLoop.flush();
        if (links.isEmpty()) {
            sweeping = false;
        } else {
            sweepLater();
        }
    }
}
