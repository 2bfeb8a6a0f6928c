package org.quorate.compat.chaos;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.quorate.bench.ServerProcess;

/** Does harm to servers and the network between them, and undoes it. Owned by one thread. */
final class Nemesis {
    /** What may go wrong. */
    enum Fault {
        /** {@code kill -9}, and a start after a while. */
        KILL(false),
        /** SIGSTOP, and SIGCONT after a while, at times behind the others' patience. */
        FREEZE(false),
        /** A group of servers cannot reach the others. */
        PARTITION(true),
        /** Some servers are not heard by some others, and hear them. */
        ONE_WAY(true),
        /** Short gaps in all directions, again and again: packets are lost. */
        LOSS(true);

        private final boolean needsNetwork;

        Fault(boolean needsNetwork) {
            this.needsNetwork = needsNetwork;
        }
    }

    private static final int PAUSE_MILLIS_MAX = 1_500;
    private static final int DOWN_MILLIS_MAX = 1_500;
    private static final int FROZEN_MILLIS_MAX = 7_000;
    private static final int CUT_MILLIS_MAX = 6_000;
    private static final int LOSS_TURNS = 40;
    private static final int LOSS_TURN_MILLIS = 30;
    private static final int LOSS_PERCENT = 25;

    private final List<ServerProcess> servers;
    private final List<ServerProcess> mortals;
    private final @Nullable Network network;
    private final Random random;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);

    /**
     * @param mortals those of the servers that may be killed
     * @param network null if there is none to harm
     */
    Nemesis(
            List<ServerProcess> servers,
            List<ServerProcess> mortals,
            @Nullable Network network,
            long seed) {
        this.servers = servers;
        this.mortals = mortals;
        this.network = network;
        this.random = new Random(seed);
    }

    /** How often each fault was done. */
    Map<Fault, Integer> done() {
        return done;
    }

    /** One fault from begin to end, and a pause. */
    void once() throws IOException, InterruptedException {
        List<Fault> possible =
                Arrays.stream(Fault.values())
                        .filter(each -> network != null || !each.needsNetwork)
                        .toList();
        Fault fault = possible.get(random.nextInt(possible.size()));
        done.merge(fault, 1, Integer::sum);
        switch (fault) {
            case KILL -> kill();
            case FREEZE -> freeze();
            case PARTITION, ONE_WAY -> cut(fault == Fault.ONE_WAY);
            case LOSS -> lose();
        }
        Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
    }

    private ServerProcess draw(List<ServerProcess> from) {
        return from.get(random.nextInt(from.size()));
    }

    private void kill() throws IOException, InterruptedException {
        ServerProcess victim = draw(mortals);
        victim.killHard();
        Thread.sleep(random.nextInt(DOWN_MILLIS_MAX));
        victim.relaunch(victim.kind());
        if (random.nextBoolean()) {
            victim.awaitServing();
        }
    }

    private void freeze() throws IOException, InterruptedException {
        ServerProcess victim = draw(servers);
        victim.freeze(true);
        try {
            Thread.sleep(random.nextInt(FROZEN_MILLIS_MAX));
        } finally {
            victim.freeze(false);
        }
    }

    private void cut(boolean oneWay) throws IOException, InterruptedException {
        int inside = 1 + random.nextInt((1 << servers.size()) - 2);
        for (int from = 1; from <= servers.size(); from++) {
            for (int to = 1; to <= servers.size(); to++) {
                boolean fromInside = (inside >> (from - 1) & 1) == 1;
                boolean toInside = (inside >> (to - 1) & 1) == 1;
                if (fromInside && !toInside || !oneWay && toInside && !fromInside) {
                    network().drop(from, to, true);
                }
            }
        }
        Thread.sleep(random.nextInt(CUT_MILLIS_MAX));
        network().heal();
    }

    private void lose() throws IOException, InterruptedException {
        for (int turn = 0; turn < LOSS_TURNS; turn++) {
            int from = 1 + random.nextInt(servers.size());
            int to = 1 + random.nextInt(servers.size());
            if (from != to) {
                network().drop(from, to, random.nextInt(100) < LOSS_PERCENT);
            }
            Thread.sleep(random.nextInt(LOSS_TURN_MILLIS));
        }
        network().heal();
    }

    private Network network() {
        if (network == null) {
            throw new IllegalStateException("no network to harm");
        }
        return network;
    }
}
