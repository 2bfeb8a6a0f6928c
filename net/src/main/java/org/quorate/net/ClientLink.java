package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.net.tls.TlsFront;

/** One client's socket. Owned by its event loop. */
public final class ClientLink extends Link {
    /** The handshake is answered; comes through the {@link Outbox}. */
    record Established(long sessionId, int timeoutMillis) {}

    private enum State {
        /** Nothing but the beginning of a handshake, or of a four-letter word, has been read. */
        FRESH,
        /** The handshake is handed on. */
        SHAKING,
        ESTABLISHED,
        /** A four-letter word is being answered; what comes behind it is ignored. */
        WORD
    }

    private static final int ZXID_AT = 8;
    private static final int LENGTH_BYTES = 4;

    /** Whatever the host needs with this link. */
    public @Nullable Object attachment;

    // Of IdleWheel: the bucket's list this link is in, −1 if in none.
    int wheelIndex = -1;
    @Nullable ClientLink wheelPrevious;
    @Nullable ClientLink wheelNext;

    // Of ClientLoop: the index in its list of links; what waits for the next round, 0 for nothing.
    int listIndex;
    int waitingBytes;

    private final ClientLoop loop;
    private final boolean plain;
    private final FrameCutter cutter;
    private final long establishedMillis = System.currentTimeMillis();
    private State state = State.FRESH;
    private long sessionId;
    private int timeoutMillis;

    // Accepted, while there is no session; then last read; then closing.
    private long heardNanos = System.nanoTime();

    private final UnderWay.Account underWay;
    private long underWayBytes;
    private @Nullable RequestTimes times;
    // Written by the loop, and the listener set by the core.
    private volatile long unsentBytes;
    private volatile @Nullable Runnable whenRoom;

    // Length of the reply of which parts come; 0 if there is none.
    private int partedBytes;

    // What the pipeline has not been given of a frame that it was given a part of.
    private long restOfFrame;

    private boolean resting;
    private boolean gone;
    private boolean answeredWord;

    private long received;
    private long sent;
    private int lastOperation;
    private int lastCxid = -1;
    private long lastZxid = -1;
    private long lastReplyMillis;
    private long lastLatencyMillis;
    private final LatencyCounter latency = new LatencyCounter();

    /**
     * @param plain without TLS
     */
    ClientLink(Channel channel, ClientLoop loop, boolean plain) {
        super(channel, loop.edgeLoop(), loop.options().outbound().bytesMax(), plain);
        this.loop = loop;
        this.plain = plain;
        this.cutter = new FrameCutter(this, loop);
        this.underWay = loop.underWay().open(address());
    }

    /**
     * Each frame becomes a TLS record of its own, or several, as those of ZooKeeper do: its C
     * client waits at the socket when it has taken one frame, and does not see that another one has
     * come with it.
     */
    @Override
    void toPipeline(ByteBuf frames) {
        if (plain) { // and perhaps in the midst of a frame, since the socket has taken some
            Transport.write(channel(), frames);
            return;
        }
        while (true) {
            int left = frames.readableBytes();
            if (restOfFrame == 0) {
                restOfFrame =
                        left < LENGTH_BYTES
                                ? left
                                : LENGTH_BYTES
                                        + Integer.toUnsignedLong(
                                                frames.getInt(frames.readerIndex()));
            }
            int length = (int) Math.min(left, restOfFrame);
            restOfFrame -= length;
            if (length == left) {
                Transport.write(channel(), frames);
                return;
            }
            ChannelFuture _ =
                    channel().write(frames.readRetainedSlice(length), channel().voidPromise());
        }
    }

    // ---- for the handler

    /** The client's address, without its port; the wildcard if it was gone too soon. */
    public InetAddress address() {
        InetSocketAddress remote = remote();
        return remote == null ? InetAddress.getLoopbackAddress() : remote.getAddress();
    }

    /** Null if the client was gone before it could be asked for. */
    public @Nullable InetSocketAddress remote() {
        return (InetSocketAddress) channel().remoteAddress();
    }

    /** Does the client speak TLS? */
    public boolean isSecure() {
        return TlsFront.isSecure(channel());
    }

    /** The certificates that the client has shown, its own first; empty if it has shown none. */
    public List<X509Certificate> certificates() {
        return TlsFront.certificates(channel());
    }

    public boolean isEstablished() {
        return state == State.ESTABLISHED;
    }

    /** Requests handed on by {@link #handOver} and not answered. */
    public int underWay() {
        return underWay.requests();
    }

    /**
     * Whose it is: links of one party have shares of the server together. At first that of its
     * address.
     */
    public void belongsTo(Object party) {
        loop.underWay().move(underWay, party);
    }

    /** How many more requests may be handed on now. One always, if none is under way. */
    public int requestRoom() {
        if (outboundRoom() <= 0) {
            return 0;
        }
        int room =
                Math.min(
                        loop.options().requests().perConnectionMax() - underWay.requests(),
                        loop.underWay().requestRoom(underWay, System.nanoTime()));
        return underWay.requests() == 0 ? Math.max(1, room) : Math.max(0, room);
    }

    /** How many bytes may be written before this link is to be read no further; ≤ 0 for none. */
    public long outboundRoom() {
        return loop.options().outbound().bytesPause() - outboundBytes();
    }

    /** Is a request of this length a large one? It is handed over by itself. */
    public boolean isLarge(int length) {
        int large = loop.options().requests().largeBytes();
        return large > 0 && length > large;
    }

    /**
     * Is there room for a large request among those under way? If so it is taken: hand it over.
     * Else this link is to be closed.
     */
    public boolean admitsLarge(int length) {
        return loop.underWay().admitsLarge(length);
    }

    /**
     * Requests go to another thread, which answers each through the {@link Outbox}.
     *
     * @param update they are writes; what is measured of them says so
     */
    public void handOver(int count, int bytes, boolean update) {
        RequestTimes known = times;
        if (known == null) {
            known = loop.times().take();
            times = known;
        }
        known.add(
                count,
                bytes,
                update,
                isEstablished() && count == 1 && isLarge(bytes - 4),
                heardNanos);
        loop.underWay().add(underWay, count);
        loop.underWay().addBytes(bytes);
        underWayBytes += bytes;
    }

    /**
     * Answers requests that were not handed on: writes as many whole frames.
     *
     * @return how long they took since they were received, ns
     */
    public long answer(byte[] frames, int from, int to, int count) {
        long nowNanos = System.nanoTime();
        written(frames, from, to);
        answered(count, false, heardNanos, nowNanos);
        write(frames, from, to);
        return nowNanos - heardNanos;
    }

    /** Reads nothing for a while: who asks for more than he may is not listened to all the time. */
    public void rest(long millis) {
        if (!resting) {
            resting = true;
            channel().config().setAutoRead(false);
            loop.edgeLoop().later(this::restIsOver, millis);
        }
    }

    private void restIsOver() {
        resting = false;
        readOn();
    }

    /** Nothing keeps the cutter from taking what comes. */
    void readOn() {
        if (!resting && !cutter.isPaused()) {
            channel().config().setAutoRead(true);
        }
    }

    /** Hands in again what the handler did not take. */
    public void resume() {
        cutter.offerAgain();
    }

    /** Monotonic time of the last read of this socket. */
    public long heardNanos() {
        return heardNanos;
    }

    // ---- from the outbox

    @Override
    void replies(byte[] bytes, int from, int to, int count, long nowNanos) {
        if (gone) {
            return;
        }
        written(bytes, from, to);
        settle(count, nowNanos);
        write(bytes, from, to);
    }

    /** A part of a reply; the first one has its length in front. */
    void replyPart(byte[] bytes, int from, int to) {
        if (gone) {
            return;
        }
        if (partedBytes == 0) {
            partedBytes = FrameCutter.intAt(bytes, from);
            written(bytes, from, to);
        } else {
            loop.totals().replyGoesOn(to - from);
        }
        expect(partedBytes);
        write(bytes, from, to);
    }

    /** The reply of which parts came is complete. */
    void repliedInParts(long nowNanos) {
        if (!gone) {
            partedBytes = 0;
            settle(1, nowNanos);
        }
    }

    @Override
    void pushed(int count, int bytes) {
        sent += count;
        loop.totals().pushed(count, bytes);
    }

    @Override
    void told(Object message) {
        if (message instanceof Established(long id, int timeout) && !isClosing()) {
            state = State.ESTABLISHED;
            sessionId = id;
            timeoutMillis = timeout;
            heardNanos = System.nanoTime();
            loop.deadlineMoved(this);
            markDirty();
        }
    }

    // ---- from the socket

    FrameCutter cutter() {
        return cutter;
    }

    /** Something was read, or a word is being answered: a silent link is closed. */
    void heard(long nowNanos) {
        if (state == State.ESTABLISHED && !isClosing()) {
            heardNanos = nowNanos;
        }
    }

    /** May so many bytes be looked at now? If not, they are offered again in their turn. */
    boolean hasTurn(int bytes) {
        return !loop.underWay().isHeardAmongOthers(underWay, heardNanos)
                || loop.hasTurn(this, underWay.party(), bytes);
    }

    boolean isFresh() {
        return state == State.FRESH;
    }

    boolean isWord() {
        return state == State.WORD;
    }

    /** A word was read and its answer flushed. */
    boolean isAnswered() {
        return answeredWord;
    }

    void shaking() {
        state = State.SHAKING;
    }

    /** A word, and its argument, has been read. */
    void word(int word, byte[] argument) {
        state = State.WORD;
        loop.keepsInputShut(this);
        loop.words()
                .answer(
                        word,
                        argument,
                        answer -> loop.edgeLoop().execute(() -> answerWord(answer)));
    }

    /** Frames were taken by the handler; {@code lastAt} is where the last one's header begins. */
    void taken(int count, int size, byte[] bytes, int lastAt, int lastLength) {
        received += count;
        loop.totals().received(count, size);
        if (state == State.ESTABLISHED && lastLength >= 8) {
            lastCxid = FrameCutter.intAt(bytes, lastAt);
            lastOperation = FrameCutter.intAt(bytes, lastAt + 4);
        }
    }

    /** When this link will have been silent too long. */
    long silentTooLongNanos() {
        long millis =
                isClosing() || answeredWord
                        ? loop.options().silence().lingerMillisMax()
                        : state == State.ESTABLISHED
                                ? timeoutMillis
                                : loop.options().silence().sessionlessMillisMax();
        return heardNanos + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** The wheel says it was silent too long. */
    void silent(long nowNanos) {
        if (state == State.ESTABLISHED && !isClosing() && (resting || cutter.isPaused())) {
            // It is we who do not listen.
            heardNanos = nowNanos;
            loop.deadlineMoved(this);
            return;
        }
        if ((state == State.FRESH || state == State.SHAKING) && !isClosing()) {
            loop.totals().sessionless();
        }
        closeNow();
    }

    @Override
    void flushed() {
        countUnsent();
        if (cutter.isPaused() && channel().isWritable()) {
            cutter.offerAgain();
        }
    }

    @Override
    void closeRequested() {
        heardNanos = System.nanoTime();
        loop.deadlineMoved(this);
    }

    @Override
    void overflowed() {
        loop.slowReader(this);
    }

    /**
     * Does the client leave so much unread that nothing more should be asked for it? Any thread.
     */
    public boolean isBehind() {
        return unsentBytes > loop.options().outbound().bytesPause();
    }

    /** Has the listener called, on the loop, when the client has caught up. Any thread. */
    public void tellWhenRoom(Runnable listener) {
        whenRoom = listener;
    }

    /** Tells the loop what waits for this client to read. */
    void countUnsent() {
        long bytes = gone ? 0 : outboundBytes();
        if (bytes != unsentBytes) {
            long more = bytes - unsentBytes;
            unsentBytes = bytes;
            loop.unsent(more);
        }
        Runnable listener = whenRoom;
        if (listener != null && !isBehind()) {
            whenRoom = null;
            listener.run();
        }
    }

    /** The channel is inactive. */
    void gone() {
        gone = true;
        countUnsent();
        if (state == State.ESTABLISHED && !isGivenUp()) {
            loop.totals().dropped();
        }
        loop.underWay().close(underWay);
        loop.underWay().addBytes(-underWayBytes);
        underWayBytes = 0;
        RequestTimes unanswered = times;
        if (unanswered != null) {
            loop.underWay().largeDone(unanswered.largeBytes());
            times = null;
        }
        dropPending();
        cutter.drop();
        if (state != State.FRESH && state != State.WORD) {
            loop.handler().closed(this);
        }
    }

    LinkStats stats() {
        long leftNanos = silentTooLongNanos() - System.nanoTime();
        return new LinkStats(
                remote(),
                sessionId,
                underWay.requests(),
                received,
                sent,
                lastOperation,
                lastCxid,
                lastZxid,
                establishedMillis,
                timeoutMillis,
                lastReplyMillis,
                lastLatencyMillis,
                System.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(leftNanos),
                latency.get());
    }

    void resetStats() {
        received = 0;
        sent = 0;
        lastOperation = 0;
        lastCxid = -1;
        lastZxid = -1;
        lastReplyMillis = 0;
        lastLatencyMillis = 0;
        latency.reset();
    }

    long sessionId() {
        return sessionId;
    }

    private void written(byte[] frames, int from, int to) {
        int last = loop.totals().sizes(frames, from, to);
        if (state == State.ESTABLISHED && to - last >= ZXID_AT + Long.BYTES) {
            lastZxid = FrameCutter.longAt(frames, last + ZXID_AT);
        }
    }

    private void settle(int count, long nowNanos) {
        RequestTimes known = times;
        if (known == null || count > underWay.requests()) {
            throw new IllegalStateException(
                    "%d replies for %d requests under way".formatted(count, underWay.requests()));
        }
        for (int left = count; left > 0; ) {
            long since = known.oldestNanos();
            boolean update = known.isOldestUpdate();
            int bytes = known.endsOldest(left) ? known.oldestBytes() : 0;
            if (known.isOldestLarge()) {
                loop.underWay().largeDone(bytes - 4);
            }
            underWayBytes -= bytes;
            loop.underWay().addBytes(-bytes);
            int taken = known.take(left);
            answered(taken, update, since, nowNanos);
            left -= taken;
        }
        loop.underWay().add(underWay, -count);
        if (known.isEmpty()) {
            loop.times().give(known);
            times = null;
        }
    }

    private void answered(int count, boolean update, long sinceNanos, long nowNanos) {
        long nanos = Math.max(0, nowNanos - sinceNanos);
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        sent += count;
        lastLatencyMillis = millis;
        lastReplyMillis = loop.wallMillis(nowNanos);
        latency.add(millis, count);
        loop.totals().answered(count, nanos, update);
    }

    private void answerWord(byte[] answer) {
        if (!isClosing()) {
            write(answer, 0, answer.length);
            loop.edgeLoop().flush();
            answeredWord = true;
            heardNanos = System.nanoTime();
            loop.shutOutput(this);
        }
    }
}
