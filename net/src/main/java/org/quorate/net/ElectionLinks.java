package org.quorate.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.InitialMessage;
import org.quorate.protocol.peer.Notification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections between election ports (peer protocol §1): one for each pair of servers, opened only
 * when there is a vote to send and kept only if the server with the larger id opened it. Public
 * methods may be called by any thread; all state belongs to the loop of the {@link PeerGroup}.
 */
public final class ElectionLinks {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionLinks.class);

    /** Complaints are told once for each address and kind, and for so many of them. */
    private static final int COMPLAINTS_MAX = 1_000;

    /** Servers that are known here; of those in no configuration no more are heard of. */
    static final int SERVERS_MAX = 1_000;

    /** Hears votes, on the peers' event loop; must not block. */
    public interface Handler {
        /**
         * A vote has come in.
         *
         * @param serverId of the sender; negative for an anonymous observer
         */
        void vote(long serverId, Notification vote);

        /**
         * The election port cannot be had on any address, after all tries: the server cannot go on.
         */
        void cannotListen(IOException why);
    }

    /**
     * Who this server is, and limits.
     *
     * @param serverId own id
     * @param addressList tell own addresses in version 2 even if there is but one ({@code
     *     multiAddress.enabled})
     * @param connectMillisMax {@code cnxTimeout}
     * @param setUpMillisMax until the initial message must be there
     * @param bindTriesMax {@code electionPortBindRetry}; 0 = for ever
     * @param bindPauseMillis between them
     * @param acceptedMax connections at once; further ones are closed at once
     * @param unidentifiedMax of them whose initial message is not there yet; for a further one the
     *     oldest of them is closed
     * @param keptBytesMax of messages that are not there as a whole yet, of all connections; the
     *     one that brings more is closed
     */
    public record Options(
            long serverId,
            boolean addressList,
            int connectMillisMax,
            int setUpMillisMax,
            int bindTriesMax,
            int bindPauseMillis,
            int acceptedMax,
            int unidentifiedMax,
            long keptBytesMax) {
        public static Options of(long serverId, int setUpMillisMax, int unidentifiedMax) {
            return new Options(
                    serverId,
                    false,
                    5_000,
                    setUpMillisMax,
                    3,
                    1_000,
                    1_000,
                    unidentifiedMax,
                    16L << 20);
        }
    }

    private final PeerGroup group;
    private final Options options;
    private final Handler handler;

    // Of the loop. Sorted, so that nothing depends on hashes.
    private final Map<Long, List<Endpoint>> addresses = new TreeMap<>();
    private final Map<Long, Line> lines = new TreeMap<>();
    private final List<Channel> listeners = new ArrayList<>();
    private final List<InetSocketAddress> listenOn = new ArrayList<>();

    /** Of these, where it is not possible to listen after all tries. */
    private final List<InetSocketAddress> givenUp = new ArrayList<>();

    private List<Endpoint> ownAddresses = List.of();
    private final Set<String> complaints = new HashSet<>();
    private long nextAnonymousId = -1;
    private int accepted;
    private final Unidentified unidentified;
    private long keptBytes;

    public ElectionLinks(PeerGroup group, Options options, Handler handler) {
        this.group = group;
        this.options = options;
        this.handler = handler;
        this.unidentified = new Unidentified("election", options.unidentifiedMax());
    }

    /**
     * Listens here, with retries; {@link Handler#cannotListen} if they all fail everywhere. Where
     * it listened before and is not to listen now, no more.
     *
     * @param own what other servers are told; as long as it is the same, nothing happens
     */
    public void listen(List<Endpoint> own, List<InetSocketAddress> on) {
        List<Endpoint> told = List.copyOf(own);
        List<InetSocketAddress> addresses = List.copyOf(on);
        group.loop()
                .execute(() -> {
                    if (!ownAddresses.equals(told)) {
                        ownAddresses = told;
                        unbind();
                        listenOn.clear();
                        listenOn.addAll(addresses);
                        givenUp.clear();
                        addresses.forEach(address -> bind(address, 1));
                    }
                });
    }

    /** Where the other servers' election ports are. */
    public void members(Map<Long, List<Endpoint>> electionAddresses) {
        Map<Long, List<Endpoint>> copy = new HashMap<>(electionAddresses);
        group.loop()
                .execute(() -> {
                    addresses.clear();
                    addresses.putAll(copy);
                });
    }

    /** Sends a vote to a server: it replaces one that has not gone out. */
    public void send(long serverId, Notification vote) {
        JuteOut out = new JuteOut(512);
        vote.writeFrame(out);
        byte[] frame = out.copy();
        group.loop().execute(() -> line(serverId).send(frame));
    }

    /** Closes everything; nothing is dialled or accepted any more. */
    public void close() {
        group.loop()
                .execute(() -> {
                    listenOn.clear();
                    unbind();
                    lines.values().forEach(Line::close);
                    lines.clear();
                });
    }

    // ---- for ElectionSocket, on the loop

    Handler handler() {
        return handler;
    }

    /** May a connection go on with a proof of who dials? */
    boolean mayProve() {
        return group.mayProve();
    }

    int setUpMillisMax() {
        return options.setUpMillisMax();
    }

    /**
     * A connection holds so many bytes more, or less, of a message that is not there as a whole.
     *
     * @return false if they are too many with those of all others
     */
    boolean keeps(int more) {
        keptBytes += more;
        return more <= 0 || keptBytes <= options.keptBytesMax();
    }

    /** Somebody has said who he is, and may have to prove it. */
    void introduced(ElectionSocket socket, Channel channel, InitialMessage message, byte[] behind) {
        group.prove(
                channel,
                socket,
                behind,
                failure -> {
                    if (failure != null) {
                        complain(socket.remote(), "is not believed: " + failure);
                        socket.close();
                    } else {
                        unidentified.remove(channel);
                        socket.proven();
                        settle(socket, message);
                    }
                });
    }

    /** Decides who keeps which connection. */
    private void settle(ElectionSocket socket, InitialMessage message) {
        long peer = message.serverId();
        if (peer == InitialMessage.ANONYMOUS_OBSERVER) {
            peer = nextAnonymousId--;
            LOG.info("an anonymous observer at {} is called {}", socket.remote(), peer);
        }
        if (peer == options.serverId()) {
            complain(socket.remote(), "says it is server %d, as this one is".formatted(peer));
            socket.close();
            return;
        }
        if (!addresses.containsKey(peer)) {
            complain(
                    socket.remote(),
                    "says it is server %d, which is in no known configuration".formatted(peer));
            if (!isRoomFor(peer)) {
                socket.close();
                return;
            }
        }
        Line line = line(peer);
        if (peer < options.serverId()) {
            socket.close();
            line.redial(message.electionAddresses());
        } else {
            line.attach(socket, peer);
        }
    }

    void complain(String remote, String what) {
        String host = remote.substring(0, Math.max(0, remote.lastIndexOf(':')));
        if (complaints.size() < COMPLAINTS_MAX && complaints.add(host + what)) {
            LOG.warn("{} on the election port {}", remote, what);
        }
    }

    void lost(long peer, ElectionSocket socket) {
        Line line = lines.get(peer);
        if (line != null && line.socket == socket) {
            line.socket = null;
        }
    }

    void idle(long peer, ElectionSocket socket) {
        Line line = lines.get(peer);
        if (line != null && line.socket == socket) {
            line.sendWaiting(socket);
        }
    }

    /** How many servers are known here. */
    int servers() {
        return lines.size();
    }

    /** Servers in no configuration that are not connected make room for others. */
    private boolean isRoomFor(long stranger) {
        if (lines.size() >= SERVERS_MAX && !lines.containsKey(stranger)) {
            lines.values().removeIf(line -> !addresses.containsKey(line.peer) && line.isIdle());
        }
        return lines.size() < SERVERS_MAX || lines.containsKey(stranger);
    }

    private Line line(long serverId) {
        return lines.computeIfAbsent(serverId, Line::new);
    }

    private void unbind() {
        listeners.forEach(Transport::close);
        listeners.clear();
    }

    private void bind(InetSocketAddress address, int attempt) {
        if (!listenOn.contains(address)) {
            return; // not wanted any more
        }
        Transport.server()
                .group(group.group())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, group.keepAlive())
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                admit(channel);
                            }
                        })
                .bind(address)
                .addListener((ChannelFuture bound) -> bound(address, attempt, bound));
    }

    private void bound(InetSocketAddress address, int attempt, ChannelFuture bound) {
        Throwable cause = bound.cause();
        if (cause == null) {
            if (listenOn.contains(address)) {
                listeners.add(bound.channel());
            } else {
                Transport.close(bound.channel());
            }
            return;
        }
        IOException why = Transport.cannotListen(address, cause);
        if (options.bindTriesMax() > 0 && attempt >= options.bindTriesMax()) {
            givenUp.add(address);
            if (givenUp.containsAll(listenOn)) {
                handler.cannotListen(why);
            } else {
                LOG.warn("{}; the server goes on without that address", why.getMessage());
            }
            return;
        }
        LOG.warn("{}; trying again", why.getMessage());
        group.loop().later(() -> bind(address, attempt + 1), options.bindPauseMillis());
    }

    private void admit(Channel channel) {
        if (accepted >= options.acceptedMax()) {
            Transport.close(channel);
            return;
        }
        accepted++;
        channel.closeFuture().addListener(closed -> accepted--);
        unidentified.add(channel);
        channel.pipeline().addLast(new ElectionSocket(this, channel, true));
        group.accepted(channel);
    }

    /** What there is with one server. */
    private final class Line {
        private final long peer;
        private @Nullable ElectionSocket socket;
        private byte @Nullable [] waiting;
        private byte @Nullable [] last;
        private boolean dialling;

        Line(long peer) {
            this.peer = peer;
        }

        boolean isIdle() {
            return socket == null && !dialling;
        }

        void send(byte[] frame) {
            waiting = frame;
            ElectionSocket open = socket;
            if (open != null) {
                sendWaiting(open);
            } else {
                dial(addresses.getOrDefault(peer, List.of()));
            }
        }

        void sendWaiting(ElectionSocket open) {
            byte[] frame = waiting;
            if (frame == null) {
                return;
            }
            // Before the write, which may end, and ask for the next, within the call.
            waiting = null;
            if (open.write(frame)) {
                last = frame;
            } else {
                waiting = frame;
            }
        }

        /** Takes a connection that stays, in place of any other. */
        void attach(ElectionSocket open, long id) {
            ElectionSocket old = socket;
            socket = open;
            if (old != null && old != open) {
                old.close();
            }
            open.belongsTo(id);
            if (waiting == null) {
                waiting = last;
            }
            sendWaiting(open);
        }

        /** The peer's connection was not kept: this server opens one. */
        void redial(List<Endpoint> told) {
            close();
            dial(told.isEmpty() ? addresses.getOrDefault(peer, List.of()) : told);
        }

        void close() {
            ElectionSocket old = socket;
            socket = null;
            if (old != null) {
                old.close();
            }
        }

        private void dial(List<Endpoint> to) {
            if (dialling) {
                return;
            }
            if (to.isEmpty()) {
                complain("server " + peer + ":", "has no known address");
                return;
            }
            dialling = true;
            tryAddress(to, 0);
        }

        private void tryAddress(List<Endpoint> to, int index) {
            if (index == to.size()) {
                dialling = false;
                return;
            }
            Endpoint endpoint = to.get(index);
            Names.resolve(
                    group.loop(),
                    endpoint,
                    (resolved, failure) -> connect(to, index, resolved, failure));
        }

        private void connect(
                List<Endpoint> to,
                int index,
                @Nullable InetAddress resolved,
                @Nullable UnknownHostException failure) {
            if (resolved == null) {
                complain(
                        "server %d at %s".formatted(peer, to.get(index)),
                        "cannot be reached, its name has no address: " + failure);
                tryAddress(to, index + 1);
                return;
            }
            Transport.client()
                    .group(group.group())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.SO_KEEPALIVE, group.keepAlive())
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, options.connectMillisMax())
                    .handler(
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline()
                                            .addLast(
                                                    new ElectionSocket(
                                                            ElectionLinks.this, channel, false));
                                }
                            })
                    .connect(new InetSocketAddress(resolved, to.get(index).port()))
                    .addListener((ChannelFuture future) -> connected(to, index, future));
        }

        private void connected(List<Endpoint> to, int index, ChannelFuture future) {
            if (future.cause() != null) {
                LOG.debug("server {} at {}: {}", peer, to.get(index), future.cause().getMessage());
                tryAddress(to, index + 1);
                return;
            }
            Channel channel = future.channel();
            group.dialled(channel, to.get(index), failure -> secured(to, index, channel, failure));
        }

        private void secured(
                List<Endpoint> to, int index, Channel channel, @Nullable Throwable failure) {
            if (failure != null) {
                complain(
                        "server %d at %s".formatted(peer, to.get(index)),
                        "cannot be reached by TLS: " + failure);
                Transport.close(channel);
                tryAddress(to, index + 1);
                return;
            }
            ElectionSocket open = channel.pipeline().get(ElectionSocket.class);
            open.introduce(introduction());
            String host = addresses.getOrDefault(peer, to).getFirst().host();
            group.proveTo(channel, host, open, refusal -> proved(to, index, open, refusal));
        }

        private void proved(
                List<Endpoint> to, int index, ElectionSocket open, @Nullable Throwable failure) {
            if (failure != null) {
                complain(
                        "server %d at %s".formatted(peer, to.get(index)),
                        "cannot be reached by SASL: " + failure);
                open.close();
                tryAddress(to, index + 1);
                return;
            }
            dialling = false;
            if (options.serverId() < peer) {
                // The larger id opens the connection that stays; now it knows that it is wanted.
                if (group.maySpeakTls()) {
                    // Over TLS the end would overtake what was said: the other side closes.
                    group.loop().later(open::close, options.setUpMillisMax());
                } else {
                    open.closeWhenFlushed();
                }
            } else {
                attach(open, peer);
            }
        }

        private byte[] introduction() {
            JuteOut out = new JuteOut();
            List<Endpoint> own = ownAddresses;
            boolean list = options.addressList() || own.size() > 1;
            new InitialMessage(
                            list
                                    ? InitialMessage.VERSION_ADDRESS_LIST
                                    : InitialMessage.VERSION_ONE_ADDRESS,
                            options.serverId(),
                            own)
                    .write(out);
            return out.copy();
        }
    }
}
