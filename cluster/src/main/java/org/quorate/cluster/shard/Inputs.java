package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.LoadFigures;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.Report;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.member.MemberChange;
import org.quorate.cluster.member.Members;

/**
 * What the planner listens to: members, settings, reports, loads, people. Safe for many threads.
 */
final class Inputs implements AutoCloseable {
    private final Coordinator coordinator;
    private final MapPaths paths;
    private final Members members;
    private final Mirror specs;
    private final Mirror reports;
    private final Mirror loads;
    private final Mirror control;
    private final Mirror reshapes;

    /** All that is known at one moment. What cannot be read is in {@code alerts}. */
    record Heard(
            SortedMap<String, Member> members,
            SortedMap<String, Table> tables,
            Map<String, Report> reports,
            Map<String, LoadFigures> loads,
            Control control,
            Map<String, Wishes> wishes,
            List<String> alerts) {}

    /**
     * Begins to listen.
     *
     * @param changed called when anything but a report has changed
     * @param reported called when a report has changed
     */
    Inputs(Coordinator coordinator, MapPaths paths, Runnable changed, Runnable reported) {
        this.coordinator = coordinator;
        this.paths = paths;
        this.members = Members.watch(coordinator, paths.root(), atOnce(changed));
        this.specs = Mirror.open(coordinator, paths.specs(), 1, (now, all) -> changed.run());
        this.reports = Mirror.open(coordinator, paths.reports(), 1, (now, all) -> reported.run());
        this.loads = Mirror.open(coordinator, paths.loads(), 1, (now, all) -> {});
        this.reshapes = Mirror.open(coordinator, paths.reshapes(), 1, (now, all) -> changed.run());
        this.control = Mirror.open(coordinator, paths.control(), 0, (now, all) -> changed.run());
    }

    /** A lost leader's successor waits for nobody to find out how it was lost. */
    private static Members.Listener atOnce(Runnable changed) {
        return new Members.Listener() {
            @Override
            public void moved(SortedMap<String, Member> now) {
                changed.run();
            }

            @Override
            public void changed(SortedMap<String, Member> now, List<MemberChange> changes) {}
        };
    }

    /**
     * What is known now.
     *
     * @throws CoordinationException if not everything could be read within the usual patience
     */
    Heard now() throws CoordinationException, InterruptedException {
        if (!members.awaitComplete(coordinator.patience())
                || !specs.awaitComplete(coordinator.patience())
                || !reports.awaitComplete(coordinator.patience())
                || !control.awaitComplete(coordinator.patience())
                || !reshapes.awaitComplete(coordinator.patience())) {
            throw new CoordinationException(Fate.DID_NOT_HAPPEN, "not everything is read yet");
        }
        List<String> alerts = new ArrayList<>();
        return new Heard(
                members.now(),
                readTables(alerts),
                readReports(alerts),
                readLoads(alerts),
                readControl(alerts),
                readWishes(alerts),
                alerts);
    }

    private SortedMap<String, Table> readTables(List<String> alerts) {
        SortedMap<String, Table> found = new TreeMap<>();
        for (Znode spec : specs.now().values()) {
            if (spec.path().equals(paths.specs())) {
                continue;
            }
            try {
                found.put(spec.name(), Table.decode(spec.name(), spec.data()));
            } catch (MalformedJsonException unreadable) {
                alerts.add("table " + spec.name() + ": " + unreadable.getMessage());
            }
        }
        return found;
    }

    private Map<String, Report> readReports(List<String> alerts) {
        Map<String, Report> read = new HashMap<>();
        for (Znode znode : reports.now().values()) {
            if (!znode.path().equals(paths.reports())) {
                try {
                    read.put(znode.name(), Report.decode(znode.path(), znode.data()));
                } catch (MalformedMapException unreadable) {
                    alerts.add(String.valueOf(unreadable.getMessage()));
                }
            }
        }
        return read;
    }

    private Map<String, LoadFigures> readLoads(List<String> alerts) {
        Map<String, LoadFigures> read = new TreeMap<>();
        for (Znode znode : loads.now().values()) {
            if (!znode.path().equals(paths.loads())) {
                try {
                    read.put(znode.name(), LoadFigures.decode(znode.path(), znode.data()));
                } catch (MalformedMapException unreadable) {
                    alerts.add(String.valueOf(unreadable.getMessage()));
                }
            }
        }
        return read;
    }

    private Map<String, Wishes> readWishes(List<String> alerts) {
        Map<String, Wishes> read = new TreeMap<>();
        for (Znode znode : reshapes.now().values()) {
            if (!znode.path().equals(paths.reshapes())) {
                try {
                    read.put(znode.name(), Wishes.decode(znode.data()));
                } catch (MalformedJsonException unreadable) {
                    alerts.add(
                            "splits and merges of "
                                    + znode.name()
                                    + ": "
                                    + unreadable.getMessage());
                }
            }
        }
        return read;
    }

    private Control readControl(List<String> alerts) {
        Optional<Znode> znode = control.get(paths.control());
        try {
            return znode.isPresent() ? Control.decode(znode.get().data()) : Control.NONE;
        } catch (MalformedJsonException unreadable) {
            alerts.add("control cannot be read: " + unreadable.getMessage());
            return new Control(true, 0, Set.of()); // Better to copy nothing.
        }
    }

    @Override
    public void close() {
        members.close();
        specs.close();
        reports.close();
        loads.close();
        control.close();
        reshapes.close();
    }
}
