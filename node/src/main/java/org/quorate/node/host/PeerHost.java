package org.quorate.node.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ElectionLinks;
import org.quorate.net.PeerGroup;
import org.quorate.net.QuorumLink;
import org.quorate.net.QuorumLinks;
import org.quorate.net.sasl.PeerSasl;
import org.quorate.net.tls.PeerTls;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.zab.Peers;

/**
 * The other servers: carries out what Zab asks of the network, on the core thread, and brings what
 * they say to the core, from the peers' event loop.
 */
final class PeerHost implements Peers, AutoCloseable {
    /**
     * @param serverId own id
     * @param listenOnAllAddresses bind on all addresses instead of those told in the configuration
     * @param keepAlive TCP keep-alive
     * @param tickMillis base of the limits
     * @param initLimitTicks to connect
     * @param syncLimitTicks to say who one is on an election port
     * @param observerMasterPort where followers serve observers; 0 if they do not
     * @param unidentifiedMax connections to each port at once of which it is not known with whom
     */
    record Options(
            long serverId,
            boolean listenOnAllAddresses,
            boolean keepAlive,
            int tickMillis,
            int initLimitTicks,
            int syncLimitTicks,
            int observerMasterPort,
            int unidentifiedMax) {}

    /** Links of the port for observers have ids of their own. */
    private static final long OBSERVER_LINKS_FROM = 1L << 62;

    /** Bytes of one link that wait for the core; past it the link is not read. */
    private static final int LINK_BYTES_MAX = 4 << 20;

    /** The same as long as it is not known with whom the link is. */
    private static final int STRANGER_BYTES_MAX = 4 << 10;

    /** Bytes that wait for the disk; past it no link is read. */
    private static final long JOURNAL_BYTES_MAX = 64L << 20;

    private final Options options;
    private final Fatal fatal;
    private final @Nullable PeerSasl sasl;
    private final PeerGroup group;
    private final QuorumLinks quorum;
    private final QuorumLinks observers;
    private final ElectionLinks elections;
    private final ReaderContext context;
    private final Journaling journaling;
    private final MemberNotes notes;
    private final ClientDoor door;

    // The core's: links by id, and where each server is.
    private final Map<Long, OpenLink> links = new HashMap<>();
    private EnsembleConfig committed;
    private EnsembleConfig lastSeen;
    private List<Member.Address> ownAddresses = List.of();
    private boolean listening;

    PeerHost(
            String threadName,
            Options options,
            EnsembleConfig config,
            @Nullable PeerTls tls,
            @Nullable PeerSasl sasl,
            ReaderContext context,
            Journaling journaling,
            MemberNotes notes,
            ClientDoor door,
            Fatal fatal) {
        this.options = options;
        this.committed = config;
        this.lastSeen = config;
        this.context = context;
        this.journaling = journaling;
        this.notes = notes;
        this.door = door;
        this.fatal = fatal;
        this.sasl = sasl;
        this.group = new PeerGroup(threadName, options.keepAlive, tls, sasl);
        QuorumLinks.Options limits =
                QuorumLinks.Options.of(
                        options.tickMillis * options.initLimitTicks, options.unidentifiedMax);
        this.quorum = new QuorumLinks(group, limits, new Links(), 0);
        this.observers = new QuorumLinks(group, limits, new Links(), OBSERVER_LINKS_FROM);
        this.elections =
                new ElectionLinks(
                        group,
                        ElectionLinks.Options.of(
                                options.serverId,
                                options.tickMillis * options.syncLimitTicks,
                                options.unidentifiedMax),
                        new Votes());
        tellHosts();
    }

    /** Opens the election port. Before the core runs. */
    void listen() {
        listening = true;
        listenForVotes();
    }

    private void listenForVotes() {
        List<Endpoint> own = self().stream().map(Member.Address::election).toList();
        elections.listen(own, own.stream().map(this::bindTo).toList());
    }

    /** Hands over what was sent this turn, reads on where there is room again. The core. */
    void endTurn() {
        if (!links.isEmpty() && journaling.pendingBytes() <= JOURNAL_BYTES_MAX / 2) {
            for (OpenLink open : links.values()) {
                open.resumeIfHeard();
            }
        }
        group.loop().outbox().wake();
    }

    @Override
    public void close() {
        quorum.accept(false);
        observers.accept(false);
        elections.close();
        group.close();
    }

    /**
     * Measures how long what is sent on a link now waits for its socket. The core.
     *
     * @param waitedNanos hears it, on the peers' event loop
     */
    void measure(long link, LongConsumer waitedNanos) {
        OpenLink open = links.get(link);
        if (open != null) {
            quorum.measure(open.link, waitedNanos);
        }
    }

    // ---- what Zab asks, on the core

    @Override
    public void vote(long serverId, Notification vote) {
        elections.send(serverId, vote);
    }

    @Override
    public void dial(long attempt, long serverId) {
        quorum.dial(attempt, addresses(serverId, false));
    }

    @Override
    public void dialMaster(long attempt, long serverId) {
        observers.dial(
                attempt, addresses(serverId, false).stream().map(this::observerPort).toList());
    }

    @Override
    public void acceptObservers(boolean accept) {
        observers.accept(accept);
    }

    private Endpoint observerPort(Endpoint quorumAddress) {
        return new Endpoint(quorumAddress.host(), options.observerMasterPort);
    }

    @Override
    public void acceptLearners(boolean accept) {
        quorum.accept(accept);
    }

    @Override
    public void introduced(long link) {
        OpenLink open = links.get(link);
        if (open != null) {
            open.bytesMax = LINK_BYTES_MAX;
            (link < OBSERVER_LINKS_FROM ? quorum : observers).introduced(open.link);
        }
    }

    @Override
    public void send(long link, byte[] bytes, int from, int length) {
        OpenLink open = links.get(link);
        if (open != null) {
            group.loop().outbox().push(open.link, bytes, from, length);
        }
    }

    @Override
    public void sendSnapshot(long link, SnapshotSource view) {
        OpenLink open = links.get(link);
        if (open == null) {
            view.close();
        } else {
            quorum.sendSnapshot(open.link, view);
        }
    }

    @Override
    public void flush() {
        group.loop().outbox().wake();
    }

    @Override
    public void close(long link) {
        OpenLink open = links.remove(link);
        if (open != null) {
            open.closed = true;
            quorum.close(open.link);
        }
    }

    @Override
    public void members(EnsembleConfig newCommitted, EnsembleConfig newLastSeen) {
        committed = newCommitted;
        lastSeen = newLastSeen;
        notes.members(committed, lastSeen);
        Member self = committed.member(options.serverId);
        Endpoint clients = self == null ? null : self.clientAddress();
        if (clients != null) {
            door.move(clients);
        }
        TreeMap<Long, List<Endpoint>> electionAddresses = new TreeMap<>();
        for (EnsembleConfig config : List.of(lastSeen, committed)) {
            for (Member member : config.members().values()) {
                if (member.serverId() != options.serverId) {
                    electionAddresses.put(member.serverId(), addresses(member.serverId(), true));
                }
            }
        }
        elections.members(electionAddresses);
        tellHosts();
        if (listening) {
            listenForVotes();
        }
        quorum.listenOn(self().stream().map(address -> bindTo(address.quorum())).toList());
        if (options.observerMasterPort > 0) {
            observers.listenOn(
                    self().stream()
                            .map(address -> bindTo(observerPort(address.quorum())))
                            .toList());
        }
    }

    /** From which hosts others may dial. */
    private void tellHosts() {
        if (sasl != null) {
            sasl.hosts(
                    Stream.of(lastSeen, committed)
                            .flatMap(config -> config.members().values().stream())
                            .flatMap(member -> member.addresses().stream())
                            .map(address -> address.quorum().host())
                            .toList());
        }
    }

    /** The committed configuration counts first, then the one seen last. */
    private List<Endpoint> addresses(long serverId, boolean election) {
        Member member = committed.member(serverId);
        if (member == null) {
            member = lastSeen.member(serverId);
        }
        return member == null
                ? List.of()
                : member.addresses().stream()
                        .map(address -> election ? address.election() : address.quorum())
                        .toList();
    }

    /** A server that is not, or not any more, a member stays where it was told to be last. */
    private List<Member.Address> self() {
        Member member = committed.member(options.serverId);
        if (member == null) {
            member = lastSeen.member(options.serverId);
        }
        if (member != null) {
            ownAddresses = member.addresses();
        }
        return ownAddresses;
    }

    private InetSocketAddress bindTo(Endpoint endpoint) {
        return options.listenOnAllAddresses
                ? new InetSocketAddress(endpoint.port())
                : new InetSocketAddress(endpoint.host(), endpoint.port());
    }

    // ---- what they say, on the peers' event loop

    /** A link and how much of it the core has not heard yet. */
    private static final class OpenLink {
        final QuorumLink link;
        final AtomicLong waitingBytes = new AtomicLong();
        volatile boolean paused;
        volatile int bytesMax;

        // The core's.
        boolean closed;

        OpenLink(QuorumLink link, int bytesMax) {
            this.link = link;
            this.bytesMax = bytesMax;
        }

        void arrived(int bytes, long journalBytes) {
            boolean full =
                    waitingBytes.addAndGet(bytes) > bytesMax || journalBytes > JOURNAL_BYTES_MAX;
            if (full && !paused) {
                paused = true;
                link.readOn(false);
            }
        }

        void heard(int bytes) {
            waitingBytes.addAndGet(-bytes);
        }

        void resumeIfHeard() {
            if (paused && waitingBytes.get() <= bytesMax / 2) {
                paused = false;
                link.readOn(true);
            }
        }
    }

    private final class Votes implements ElectionLinks.Handler {
        @Override
        public void vote(long serverId, Notification vote) {
            // A vote that finds no room is lost, as on a bad line: it is sent again.
            context.core().offer(replica -> replica.zab().vote(serverId, vote));
        }

        @Override
        public void cannotListen(IOException why) {
            fatal.dies(String.valueOf(why.getMessage()), why);
        }
    }

    private final class Links implements QuorumLinks.Handler {
        @Override
        public void accepted(QuorumLink link) {
            OpenLink opened = open(link, STRANGER_BYTES_MAX);
            context.core()
                    .put(replica -> {
                        links.put(link.id(), opened);
                        replica.zab().learnerConnected(link.id(), link.remote());
                    });
        }

        @Override
        public void opened(long attempt, QuorumLink link) {
            OpenLink opened = open(link, LINK_BYTES_MAX);
            context.core()
                    .put(replica -> {
                        links.put(link.id(), opened);
                        replica.zab().linkOpened(attempt, link.id());
                    });
        }

        @Override
        public void dialFailed(long attempt, String why) {
            context.core().put(replica -> replica.zab().dialFailed(attempt, why));
        }

        @Override
        public void received(QuorumLink link, byte[] bytes, int from, int to) {
            OpenLink sender = known(link);
            byte[] copy = Arrays.copyOfRange(bytes, from, to);
            sender.arrived(copy.length, journaling.pendingBytes());
            context.core()
                    .putAndRun(
                            replica -> {
                                sender.heard(copy.length);
                                if (!sender.closed) {
                                    replica.zab().received(link.id(), copy, 0, copy.length);
                                }
                            },
                            group.loop());
        }

        @Override
        public void closed(QuorumLink link) {
            OpenLink gone = known(link);
            context.core()
                    .put(replica -> {
                        if (!gone.closed) {
                            gone.closed = true;
                            links.remove(link.id());
                            replica.zab().linkClosed(link.id());
                        }
                    });
        }

        private static OpenLink open(QuorumLink link, int bytesMax) {
            OpenLink opened = new OpenLink(link, bytesMax);
            link.attachment = opened;
            return opened;
        }

        private static OpenLink known(QuorumLink link) {
            if (link.attachment instanceof OpenLink opened) {
                return opened;
            }
            throw new IllegalStateException("link %d is nobody's".formatted(link.id()));
        }
    }
}
