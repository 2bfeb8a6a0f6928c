package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.map.Report;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.move.Facts;

/** What members and reports say, by node number, for one round. One thread. */
final class NodeFacts {
    private final long[] incarnations;
    private final int[] zones;
    private final boolean[] draining;
    private final boolean[] reshaping;
    private final @Nullable Report[] reports;
    private final Loads loads;

    NodeFacts(
            NodeDictionary dictionary,
            SortedMap<String, Member> members,
            Map<String, Report> byName,
            Loads loads) {
        this.loads = loads;
        this.incarnations = new long[dictionary.size()];
        this.zones = new int[incarnations.length];
        this.draining = new boolean[incarnations.length];
        this.reshaping = new boolean[incarnations.length];
        this.reports = new @Nullable Report[incarnations.length];
        Map<String, Integer> zoneNumbers = new TreeMap<>();
        for (int n = 0; n < incarnations.length; n++) {
            NodeDictionary.Entry entry = dictionary.entry(n);
            Member member = members.get(entry.name());
            zones[n] = zoneNumbers.computeIfAbsent(entry.zone(), z -> zoneNumbers.size());
            if (member != null) {
                incarnations[n] = member.incarnation();
                draining[n] = member.draining();
                reshaping[n] = member.profile().labels().containsKey(ShardNode.RESHAPES);
                Report report = byName.get(entry.name());
                if (report != null && report.incarnation() == member.incarnation()) {
                    reports[n] = report;
                }
            }
        }
    }

    /** The service itself says that {@code node} is there in that incarnation. */
    void correct(int node, long incarnation) {
        incarnations[node] = incarnation;
        reports[node] = null;
    }

    long incarnation(int node) {
        return node < incarnations.length ? incarnations[node] : 0;
    }

    /** The version of a table's map that {@code node} has reported; −1 if it has not. */
    long reported(int node, String table) {
        Report report = reports[node];
        Report.OfTable said = report == null ? null : report.tables().get(table);
        return said == null ? -1 : said.version();
    }

    /** Whether every node that is there has taken note of a table's map up to {@code version}. */
    boolean allKnow(String table, long version) {
        for (int n = 0; n < incarnations.length; n++) {
            Report report = reports[n];
            Report.OfTable said = report == null ? null : report.tables().get(table);
            if (incarnations[n] != 0 && (said == null || said.version() < version)) {
                return false;
            }
        }
        return true;
    }

    /** The same, about one table. */
    Facts of(String table) {
        Report.@Nullable OfTable[] saids = new Report.OfTable[reports.length];
        for (int n = 0; n < saids.length; n++) {
            Report report = reports[n];
            saids[n] = report == null ? null : report.tables().get(table);
        }
        return new Facts() {
            @Override
            public long incarnation(int node) {
                return NodeFacts.this.incarnation(node);
            }

            @Override
            public int zone(int node) {
                return zones[node];
            }

            @Override
            public boolean draining(int node) {
                return draining[node];
            }

            @Override
            public boolean reshapes(int node) {
                return reshaping[node];
            }

            @Override
            public Progress progress(int shard, int node, long since) {
                Report.OfTable said = saids[node];
                if (said == null || said.version() < since) {
                    return Progress.UNKNOWN;
                }
                NavigableMap<Integer, Report.Item> exceptions = said.exceptions();
                if (exceptions.isEmpty()) {
                    return Progress.DONE; // The rule; it is asked for every replica.
                }
                Report.Item item = exceptions.get(shard);
                if (item instanceof Report.UnderWay) {
                    return Progress.UNDER_WAY;
                }
                return item instanceof Report.Failed ? Progress.FAILED : Progress.DONE;
            }

            @Override
            public Bytes handoff(int shard, int node) {
                Report.OfTable said = saids[node];
                return said != null && said.exceptions().get(shard) instanceof Report.HandedOff left
                        ? left.bytes()
                        : Bytes.NONE;
            }

            @Override
            public long copyBytes(int shard) {
                return loads.copyBytes(table, shard);
            }
        };
    }

    /** One replica that a node cannot hold or lead. */
    record Failure(int node, String table, int shard, String cause) {}

    /** All failures that are reported now, by node, table and shard. */
    List<Failure> failures() {
        List<Failure> failures = new ArrayList<>();
        for (int n = 0; n < reports.length; n++) {
            Report report = reports[n];
            if (report != null) {
                collect(n, report, failures);
            }
        }
        return failures;
    }

    private static void collect(int node, Report report, List<Failure> failures) {
        report.tables()
                .forEach((table, said) ->
                        said.exceptions()
                                .forEach((shard, item) -> {
                                    if (item instanceof Report.Failed failed) {
                                        failures.add(
                                                new Failure(node, table, shard, failed.cause()));
                                    }
                                }));
    }
}
