package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.move.Reshaping;
import org.quorate.cluster.move.Steps;
import org.quorate.cluster.plan.Placement;

/** Takes the steps towards a plan and writes them, under the tables' limits. One thread. */
final class Mover {
    private final Host host;
    private long bytesLeft = Long.MAX_VALUE;
    private long refilledNanos;
    private boolean wrote;
    private final List<String> waits = new ArrayList<>();

    Mover(Host host) {
        this.host = host;
    }

    /** Whether copies wait only because so many bytes have been copied lately. */
    boolean outOfBytes() {
        return bytesLeft <= 0;
    }

    /**
     * Replaces leaders that are lost, and does nothing else.
     *
     * @param target of an earlier plan for the same tables
     */
    void replaceLeaders(
            MapWriter writer, Atlas atlas, List<Table> tables, NodeFacts facts, Placement target)
            throws CoordinationException, InterruptedException {
        if (!tables.isEmpty()) {
            round(writer, atlas, tables, facts, target, 0, null, new ArrayList<>());
        }
    }

    /** One round of all steps that may be taken now. */
    void take(
            MapWriter writer,
            Atlas atlas,
            List<Table> tables,
            NodeFacts facts,
            Placement target,
            Map<String, Wishes> wishes,
            boolean paused)
            throws CoordinationException, InterruptedException {
        wrote = false;
        if (tables.isEmpty()) {
            return;
        }
        refill(tables);
        List<MapWriter.Step> writes = new ArrayList<>();
        Map<String, BitSet> held = reshape(atlas, tables, facts, target, wishes, paused, writes);
        Steps steps =
                round(writer, atlas, tables, facts, target, paused ? 0 : bytesLeft, held, writes);
        if (!paused && bytesLeft != Long.MAX_VALUE) {
            bytesLeft = steps.bytesLeft();
        }
    }

    /** Whether the last round of steps was not empty: there may be room for more now. */
    boolean wrote() {
        return wrote;
    }

    private Steps round(
            MapWriter writer,
            Atlas atlas,
            List<Table> tables,
            NodeFacts facts,
            Placement target,
            long bytes,
            @Nullable Map<String, BitSet> held,
            List<MapWriter.Step> writes)
            throws CoordinationException, InterruptedException {
        int nodes = atlas.dictionary().size();
        Steps steps = new Steps(nodes, limits(tables), facts.of(tables.get(0).name()), bytes);
        steps.expect(target);
        for (Table table : tables) {
            steps.about(facts.of(table.name()));
            steps.count(atlas.image(table.name()));
        }
        int first = 0;
        for (Table table : tables) {
            MapImage image = atlas.image(table.name());
            steps.about(facts.of(table.name()));
            List<Decision.Change> changes =
                    held == null
                            ? steps.lostLeaders(image, target, first, table.rules())
                            : steps.next(
                                    image,
                                    target,
                                    first,
                                    table.rules(),
                                    held.getOrDefault(table.name(), new BitSet()));
            List<Decision.Incarnation> news = news(image, facts, nodes);
            if (!changes.isEmpty() || !news.isEmpty() && held != null) {
                writes.add(new MapWriter.Step(table.name(), image, null, news, changes));
            }
            first += table.rules().shards();
        }
        if (!writes.isEmpty()) {
            wrote = true;
            Map<String, MapImage> written = writer.decide(writes);
            for (MapWriter.Step write : writes) {
                MapImage after = written.get(write.table());
                if (after != null) {
                    atlas.chart(write.table()).advance(after, write.changes());
                }
            }
        }
        return steps;
    }

    /** The next steps of splits and merges; returns the shards to which nothing else is done. */
    private Map<String, BitSet> reshape(
            Atlas atlas,
            List<Table> tables,
            NodeFacts facts,
            Placement target,
            Map<String, Wishes> wishes,
            boolean paused,
            List<MapWriter.Step> writes) {
        Map<String, BitSet> held = new HashMap<>();
        waits.clear();
        int first = 0;
        for (Table table : tables) {
            MapImage image = atlas.image(table.name());
            Wishes wished = paused ? Wishes.NONE : wishes.getOrDefault(table.name(), Wishes.NONE);
            int row = first;
            first += table.rules().shards();
            if (wished.all().isEmpty() && image.keys().births().isEmpty()) {
                continue;
            }
            Reshaping.Round round =
                    Reshaping.next(
                            image,
                            wished.all(),
                            facts.of(table.name()),
                            table.rules().led(),
                            shard -> target.replicas(row + shard));
            held.put(table.name(), round.held());
            round.waits().forEach(why -> waits.add("table " + table.name() + ": " + why));
            if (!round.changes().isEmpty()) {
                writes.add(
                        new MapWriter.Step(
                                table.name(), image, round.keys(), List.of(), round.changes()));
            }
        }
        return held;
    }

    /** What keeps splits and merges waiting since the last round, for people. */
    List<String> waits() {
        return waits;
    }

    private static List<Decision.Incarnation> news(MapImage image, NodeFacts facts, int nodes) {
        List<Decision.Incarnation> news = new ArrayList<>();
        for (int n = 0; n < nodes; n++) {
            if (image.incarnation(n) != facts.incarnation(n)) {
                news.add(new Decision.Incarnation(n, facts.incarnation(n)));
            }
        }
        return news;
    }

    /** The strictest of all tables' limits. */
    private static MoveLimits limits(List<Table> tables) {
        MoveLimits strict = tables.get(0).moves();
        for (Table table : tables) {
            strict = strict.stricter(table.moves());
        }
        return strict;
    }

    /** Lets as many bytes be copied as the time since the last look allows; a second's at most. */
    private void refill(List<Table> tables) {
        long perSecond = Long.MAX_VALUE;
        for (Table table : tables) {
            perSecond =
                    table.bytesPerSecond() == 0
                            ? perSecond
                            : Math.min(perSecond, table.bytesPerSecond());
        }
        long nowNanos = host.nanoTime();
        if (perSecond == Long.MAX_VALUE) {
            bytesLeft = Long.MAX_VALUE;
        } else {
            double seconds = bytesLeft == Long.MAX_VALUE ? 1 : (nowNanos - refilledNanos) / 1e9;
            long before = bytesLeft == Long.MAX_VALUE ? 0 : bytesLeft;
            bytesLeft = Math.min(perSecond, before + (long) (seconds * perSecond));
        }
        refilledNanos = nowNanos;
    }
}
