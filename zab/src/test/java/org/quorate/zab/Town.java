package org.quorate.zab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * Several servers in one thread, on simulated disks, links and time, all from one seed. What every
 * run must keep is checked after each step by {@link Witness}.
 */
final class Town {
    static final long MILLI = 1_000_000;
    static final int TICK_MILLIS = 100;
    static final int INIT_TICKS = 20;
    static final int SYNC_TICKS = 5;

    /** Something that happens at a time. */
    private record Event(long atNanos, long order, Runnable action) {}

    /** A connection of two servers' quorum ports. */
    static final class Wire {
        final long id;
        final Inhabitant one;
        final Inhabitant other;
        private final long[] lastArrival = new long[2];
        private final boolean[] open = {true, true};
        private boolean broken;

        Wire(long id, Inhabitant one, Inhabitant other) {
            this.id = id;
            this.one = one;
            this.other = other;
        }

        private Inhabitant peer(Inhabitant of) {
            return of == one ? other : one;
        }

        private int side(Inhabitant of) {
            return of == one ? 0 : 1;
        }
    }

    final Random random;
    final Witness witness = new Witness(this);
    final TreeMap<Long, Inhabitant> inhabitants = new TreeMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::order));
    private final TreeMap<Long, Wire> wires = new TreeMap<>();
    private final TreeSet<String> cut = new TreeSet<>();
    private long nowNanos;
    private long orders;
    private long lastWire;

    private final List<String> story = new ArrayList<>();

    /** What happened, one line each, with the time in ms. */
    List<String> story() {
        return story;
    }

    void tell(String what, Object... who) {
        if (story.size() > 100_000) {
            throw new IllegalStateException("a storm of messages");
        }
        story.add(nowNanos / MILLI + " " + what.formatted(who));
    }

    private final TreeMap<String, Integer> marks = new TreeMap<>();

    /** Counts that something rare has happened. */
    void mark(String what) {
        marks.merge(what, 1, Integer::sum);
    }

    TreeMap<String, Integer> marks() {
        return marks;
    }

    Town(long seed) {
        random = new Random(seed);
    }

    /** Voters 1 to {@code voters}, observers behind them. */
    static EnsembleConfig members(int voters, int observers) {
        List<Member> members = new ArrayList<>();
        for (int id = 1; id <= voters + observers; id++) {
            members.add(member(id, id <= voters));
        }
        return EnsembleConfig.of(members, 0);
    }

    static Member member(long id, boolean voter) {
        return Member.parse(
                id,
                "127.0.0.1:%d:%d:%s;127.0.0.1:%d"
                        .formatted(
                                2000 + id,
                                3000 + id,
                                voter ? "participant" : "observer",
                                4000 + id));
    }

    static ZabOptions options(long id) {
        return options(id, 500, Long.MAX_VALUE, Capabilities.ALL);
    }

    static ZabOptions options(long id, int countMin, long counterMax, long extras) {
        return new ZabOptions(
                id,
                false,
                false,
                TICK_MILLIS,
                INIT_TICKS,
                SYNC_TICKS,
                countMin,
                countMin * 100L,
                1 << 20,
                JuteIn.FIELD_BYTES_MAX_DEFAULT,
                Math.min(counterMax, Zxid.COUNTER_MAX - 1),
                true,
                true,
                extras);
    }

    Inhabitant add(ZabOptions options, EnsembleConfig config) {
        Inhabitant inhabitant = new Inhabitant(this, options, config);
        inhabitants.put(options.serverId(), inhabitant);
        return inhabitant;
    }

    /** All servers can all that Quorate can. */
    static Town of(long seed, int voters, int observers) {
        Town town = new Town(seed);
        town.settle(members(voters, observers), id -> options(id));
        return town;
    }

    /** Adds the members of a configuration and starts them. */
    void settle(EnsembleConfig config, java.util.function.LongFunction<ZabOptions> options) {
        for (long id : config.members().keySet()) {
            Inhabitant inhabitant = add(options.apply(id), config);
            after(draw(0, 10 * MILLI), inhabitant::start);
        }
    }

    long nowNanos() {
        return nowNanos;
    }

    Inhabitant get(long id) {
        return inhabitants.get(id);
    }

    // ---- time

    void after(long nanos, Runnable action) {
        events.add(new Event(nowNanos + nanos, orders++, action));
    }

    void runMillis(long millis) {
        long until = nowNanos + millis * MILLI;
        while (!events.isEmpty() && events.peek().atNanos() <= until) {
            step();
        }
        nowNanos = until;
    }

    /**
     * Runs until something holds.
     *
     * @return the time it took, in ms; −1 if it did not come to that
     */
    long runUntil(java.util.function.BooleanSupplier done, long millisMax) {
        long from = nowNanos;
        while (nowNanos - from <= millisMax * MILLI) {
            if (done.getAsBoolean()) {
                return (nowNanos - from) / MILLI;
            }
            if (events.isEmpty()) {
                return -1;
            }
            step();
        }
        return -1;
    }

    private void step() {
        Event event = events.poll();
        nowNanos = Math.max(nowNanos, event.atNanos());
        event.action().run();
        witness.look();
    }

    /** Between {@code from} and {@code to}. */
    long draw(long from, long to) {
        return from + (long) (random.nextDouble() * (to - from));
    }

    private long delay() {
        return random.nextInt(50) == 0 ? draw(0, 30 * MILLI) : draw(MILLI / 20, MILLI);
    }

    // ---- partitions

    boolean isCut(long one, long other) {
        return cut.contains(one + ">" + other);
    }

    /** From now on nothing gets from one to the other, this way only. */
    void cutOneWay(long from, long to) {
        cut.add(from + ">" + to);
    }

    void cut(long one, long other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    void isolate(long id) {
        for (long other : inhabitants.keySet()) {
            if (other != id) {
                cut(id, other);
            }
        }
    }

    void heal() {
        cut.clear();
    }

    // ---- votes

    void vote(Inhabitant from, long to, Runnable delivery) {
        Inhabitant receiver = inhabitants.get(to);
        if (receiver != null) {
            after(
                    delay(),
                    () -> {
                        if (from.isUp() && receiver.isUp() && !isCut(from.id(), to)) {
                            receiver.input(delivery);
                        }
                    });
        }
    }

    // ---- links

    void dial(Inhabitant from, long attempt, long to, boolean asObserver) {
        int life = from.life();
        after(
                delay(),
                () -> {
                    Inhabitant callee = inhabitants.get(to);
                    boolean works =
                            callee != null
                                    && (asObserver
                                            ? callee.acceptsObservers()
                                            : callee.acceptsLearners())
                                    && !isCut(from.id(), to)
                                    && !isCut(to, from.id());
                    if (!from.isUp() || from.life() != life) {
                        return;
                    }
                    if (!works) {
                        from.input(() -> from.zab().dialFailed(attempt, "refused"));
                        return;
                    }
                    Wire wire = new Wire(++lastWire, from, callee);
                    wires.put(wire.id, wire);
                    callee.input(
                            () -> callee.zab().learnerConnected(wire.id, "server " + from.id()));
                    from.input(() -> from.zab().linkOpened(attempt, wire.id));
                });
    }

    void send(Inhabitant from, long link, byte[] bytes) {
        Wire wire = wires.get(link);
        if (wire == null || !wire.open[wire.side(from)]) {
            return;
        }
        int at = 0;
        while (at < bytes.length) {
            int length =
                    random.nextInt(8) == 0
                            ? 1 + random.nextInt(bytes.length - at)
                            : bytes.length - at;
            byte[] part = java.util.Arrays.copyOfRange(bytes, at, at + length);
            arrive(from, wire, peer -> peer.zab().received(link, part, 0, part.length));
            at += length;
        }
    }

    private void arrive(Inhabitant from, Wire wire, java.util.function.Consumer<Inhabitant> what) {
        Inhabitant to = wire.peer(from);
        int side = wire.side(to);
        long arrival = Math.max(nowNanos + delay(), wire.lastArrival[side] + 1);
        wire.lastArrival[side] = arrival;
        int life = to.life();
        after(
                arrival - nowNanos,
                () -> {
                    if (isCut(from.id(), to.id())) {
                        wire.broken = true;
                    }
                    if (!wire.broken && wire.open[side] && to.isUp() && to.life() == life) {
                        to.input(() -> {
                            if (wire.open[side]) {
                                what.accept(to);
                            }
                        });
                    }
                });
    }

    void close(Inhabitant from, long link) {
        Wire wire = wires.get(link);
        if (wire != null && wire.open[wire.side(from)]) {
            wire.open[wire.side(from)] = false;
            int side = wire.side(wire.peer(from));
            arrive(
                    from,
                    wire,
                    peer -> {
                        wire.open[side] = false;
                        peer.zab().linkClosed(link);
                    });
        }
    }

    /** A process has died: its peers hear of it. */
    void closeAll(Inhabitant of) {
        for (Wire wire : wires.values()) {
            if (wire.one == of || wire.other == of) {
                close(of, wire.id);
            }
        }
        wires.values().removeIf(wire -> !wire.open[0] && !wire.open[1]);
    }

    // ---- questions

    @Nullable Inhabitant leader() {
        Inhabitant leader = null;
        for (Inhabitant inhabitant : inhabitants.values()) {
            if (inhabitant.isUp()
                    && inhabitant.zab().role().kind() == Role.Kind.LEADING
                    && (leader == null
                            || inhabitant.zab().role().epoch() > leader.zab().role().epoch())) {
                leader = inhabitant;
            }
        }
        return leader;
    }

    boolean everybodyServes() {
        return inhabitants.values().stream()
                .allMatch(each -> each.isUp() && each.zab().role().isServing());
    }

    boolean everybodyFollowsOneLeader() {
        Inhabitant leader = leader();
        return leader != null
                && inhabitants.values().stream()
                        .allMatch(each ->
                                each.isUp()
                                        && each.zab().role().isServing()
                                        && each.zab().role().epoch()
                                                == leader.zab().role().epoch());
    }
}
