package org.quorate.sim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.TreeMap;
import org.quorate.log.StoreOptions;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.replica.ReplicaOptions;
import org.quorate.zab.ZabOptions;

/**
 * What a run is like: drawn from its seed, so that seeds differ in size, in limits and in which
 * faults there are at all.
 *
 * @param voters servers with a vote
 * @param observers servers without
 * @param groups whether a majority of weight in a majority of three groups is a quorum
 * @param masters whether followers serve observers
 * @param clients sessions that are kept open
 * @param faultNanos how long faults go on
 * @param faults which there are
 * @param faultEveryNanos mean time between two
 * @param windowCount committed transactions kept in memory for learners
 * @param unevenWindows whether every other server keeps many
 * @param historyBytesMax read from the log for a learner, at most
 * @param counterMax zxids of an epoch
 * @param extras what these servers can do beyond ZooKeeper
 * @param snapCount transactions between snapshots
 * @param preallocBytes zeros ahead
 * @param localSessions whether sessions begin local
 * @param thinkNanos mean time between two requests of a client
 * @param hostile whether clients send what nobody can decode
 * @param minority whether faults strike a minority only, and the same all the time
 * @param fuzzy whether snapshots are of several times, as ZooKeeper's are
 * @param unevenTypes whether the first server, unlike the others, knows no TTL nodes
 * @param fixedMembers whether members change in files alone, which a server reads when it is
 *     started for the second time: then the observer has a vote
 * @param inherited whether all begin with the directory of a {@link LoneServer}
 */
record Settings(
        int voters,
        int observers,
        boolean groups,
        boolean masters,
        int clients,
        long faultNanos,
        EnumSet<Fault> faults,
        long faultEveryNanos,
        int windowCount,
        boolean unevenWindows,
        long historyBytesMax,
        long counterMax,
        long extras,
        int snapCount,
        long preallocBytes,
        boolean localSessions,
        long thinkNanos,
        boolean hostile,
        boolean minority,
        boolean fuzzy,
        boolean unevenTypes,
        boolean fixedMembers,
        boolean inherited) {
    static final int TICK_MILLIS = 100;
    static final int INIT_TICKS = 20;
    static final int SYNC_TICKS = 5;

    private static final int GROUPS = 3;

    /** Observers that are brought to a server's state at a time. */
    private static final int SYNCS_MAX = 10;

    static final int SESSION_MILLIS_MIN = 600;
    static final int SESSION_MILLIS_MAX = 4_000;

    /** What a seed stands for. */
    static Settings draw(Chance chance) {
        EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : Fault.values()) {
            if (chance.oneIn(2)) {
                faults.add(fault);
            }
        }
        boolean plain = chance.oneIn(3);
        boolean groups = chance.oneIn(8);
        int voters = chance.oneIn(4) ? 5 : chance.oneIn(12) ? 7 : chance.oneIn(10) ? 4 : 3;
        boolean fixedMembers = !groups && chance.oneIn(10);
        if (fixedMembers) {
            faults.remove(Fault.RECONFIG);
            faults.remove(Fault.CHANGE_PLACES);
        }
        return new Settings(
                groups ? GROUPS + 2 + chance.below(3) : voters,
                fixedMembers ? 1 : chance.oneIn(3) ? 1 + chance.below(2) : 0,
                groups,
                chance.oneIn(2),
                4 + chance.below(6),
                chance.between(3 * Timeline.SECOND, 9 * Timeline.SECOND),
                faults,
                chance.between(60 * Timeline.MILLI, 500 * Timeline.MILLI),
                chance.oneIn(2) ? 8 : 500,
                chance.oneIn(3),
                chance.oneIn(3) ? 2 << 10 : 1 << 20,
                counterMax(chance, plain),
                plain ? Capabilities.NONE.bits() : Capabilities.ALL,
                chance.oneIn(2) ? 30 + chance.below(100) : 2_000,
                chance.oneIn(4) ? 16 << 10 : 0,
                chance.oneIn(4),
                chance.between(8 * Timeline.MILLI, 40 * Timeline.MILLI),
                chance.oneIn(3),
                chance.oneIn(6),
                chance.oneIn(3),
                chance.oneIn(6),
                fixedMembers,
                chance.oneIn(6));
    }

    /**
     * Zxids that run out soon, now and then; with ZooKeeper's means that costs an election each.
     */
    private static long counterMax(Chance chance, boolean plain) {
        long soon = plain ? 800 : 60 + chance.below(200);
        return chance.oneIn(4) ? soon : Zxid.COUNTER_MAX - 1;
    }

    /** What a focused run can be besides its faults. */
    enum Lean {
        /** Epochs end soon, and the same leader goes on in the next. */
        FEW_ZXIDS,
        /** The servers can do no more than ZooKeeper's. */
        PLAIN,
        LOCAL_SESSIONS,
        /** Snapshots come often. */
        SNAPSHOTS,
        /** Snapshots come often and are of several times. */
        FUZZY,
        /** What one server still has in memory another has not. */
        UNEVEN_WINDOWS,
        /** One server knows no TTL nodes. */
        UNEVEN_TYPES,
        /** Clients send what nobody can decode. */
        HOSTILE,
        /** Faults strike a minority only. */
        MINORITY,
        /** Groups and weights decide what is a quorum. */
        GROUPS,
        /** Two observers, which followers serve. */
        MASTERS,
        /** Members change in files alone. */
        FIXED_MEMBERS,
        /** There was a lone server before. */
        INHERITED
    }

    /** The same with these faults alone, in quick succession, on three voters. */
    Settings focusedOn(EnumSet<Fault> those, EnumSet<Lean> leans) {
        boolean fewZxids = leans.contains(Lean.FEW_ZXIDS);
        boolean uneven = leans.contains(Lean.UNEVEN_WINDOWS);
        boolean plots = those.stream().anyMatch(Fault::isPlot);
        boolean fixed = leans.contains(Lean.FIXED_MEMBERS);
        return new Settings(
                leans.contains(Lean.GROUPS) ? GROUPS + 2 : 3,
                fixed ? 1 : leans.contains(Lean.MASTERS) ? 2 : 0,
                leans.contains(Lean.GROUPS),
                leans.contains(Lean.MASTERS),
                clients,
                6 * Timeline.SECOND,
                those,
                (plots ? 400 : 100) * Timeline.MILLI,
                uneven ? 8 : windowCount,
                unevenWindows || uneven,
                uneven ? 2 << 10 : historyBytesMax,
                fewZxids ? 100 : counterMax,
                extras(leans),
                leans.contains(Lean.SNAPSHOTS) || leans.contains(Lean.FUZZY) ? 30 : snapCount,
                preallocBytes,
                localSessions || leans.contains(Lean.LOCAL_SESSIONS),
                thinkNanos,
                hostile || leans.contains(Lean.HOSTILE),
                leans.contains(Lean.MINORITY),
                leans.contains(Lean.FUZZY),
                leans.contains(Lean.UNEVEN_TYPES),
                fixed,
                leans.contains(Lean.INHERITED));
    }

    private long extras(EnumSet<Lean> leans) {
        if (leans.contains(Lean.PLAIN)) {
            return Capabilities.NONE.bits();
        }
        return leans.contains(Lean.FEW_ZXIDS) ? Capabilities.ALL : extras;
    }

    /** The members at the start. */
    EnsembleConfig members() {
        List<Member> members = new ArrayList<>();
        for (int id = 1; id <= voters + observers; id++) {
            members.add(member(id, id <= voters));
        }
        EnsembleConfig all = EnsembleConfig.of(members, 0);
        return groups ? inGroups(all) : all;
    }

    /** The members that servers read of in their files when they are started again. */
    EnsembleConfig membersToCome() {
        List<Member> members = new ArrayList<>();
        for (int id = 1; id <= voters + observers; id++) {
            members.add(member(id, true));
        }
        return EnsembleConfig.of(members, 0);
    }

    /** The first has the weight of two, the last has none. */
    private EnsembleConfig inGroups(EnsembleConfig all) {
        TreeMap<Long, Long> groupOf = new TreeMap<>();
        TreeMap<Long, Long> weights = new TreeMap<>();
        for (long id = 1; id <= voters; id++) {
            groupOf.put(id, id % GROUPS);
            weights.put(id, id == 1 ? 2L : id == voters ? 0L : 1L);
        }
        return new EnsembleConfig(all.members(), groupOf, weights, all.version());
    }

    /** Its host's name is not of ASCII alone. */
    static Member member(long id, boolean voter) {
        return Member.parse(
                id,
                "gerät-%d:2888:3888:%s;gerät-%d:2181"
                        .formatted(id, voter ? "participant" : "observer", id));
    }

    ZabOptions zabOptions(long id) {
        int window = unevenWindows && id % 2 == 0 ? 500 : windowCount;
        return new ZabOptions(
                        id,
                        false,
                        id > voters,
                        TICK_MILLIS,
                        INIT_TICKS,
                        SYNC_TICKS,
                        window,
                        window * 100L,
                        historyBytesMax,
                        JuteIn.FIELD_BYTES_MAX_DEFAULT,
                        counterMax,
                        !fixedMembers,
                        true,
                        extras)
                .with(new ZabOptions.Observers(masters, SYNCS_MAX, SYNCS_MAX));
    }

    ReplicaOptions replicaOptions(long id) {
        return ReplicaOptions.builder(TICK_MILLIS)
                .serverId(id)
                .sessionTimeoutMillis(SESSION_MILLIS_MIN, SESSION_MILLIS_MAX)
                .extendedTypes(!unevenTypes || id > 1)
                .skipAcl(true)
                .reconfigEnabled(!fixedMembers)
                .localSessions(localSessions, true)
                .containers(500, 10_000, 0)
                .build();
    }

    StoreOptions storeOptions(Path dir, long seed) {
        return new StoreOptions(
                dir,
                dir,
                snapCount,
                4L << 30,
                preallocBytes,
                true,
                "",
                false,
                true,
                true,
                true,
                seed);
    }
}
