package org.quorate.cli.cluster;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Reason;
import org.quorate.cluster.shard.Explanation;
import org.quorate.cluster.shard.ShardEvent;
import org.quorate.cluster.shard.SplitAdvice;
import org.quorate.cluster.shard.Survey;

/** Prints what is known of a cluster, for people. Owned by one thread. */
final class Report {
    private static final int BAR_CHARS_MAX = 40;

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void line(String line) {
        out.println(line);
    }

    void members(Survey survey) {
        line(
                "%-16s %-8s %-22s %-12s %9s %8s %8s %8s  %s"
                        .formatted(
                                "node",
                                "zone",
                                "address",
                                "incarnation",
                                "replicas",
                                "leaders",
                                "copying",
                                "leaving",
                                "state"));
        long nowMillis = System.currentTimeMillis();
        Holding.all(survey)
                .forEach((name, holding) -> {
                    Member member = survey.members().get(name);
                    line(
                            "%-16s %-8s %-22s %-12s %9d %8d %8d %8d  %s"
                                    .formatted(
                                            name,
                                            member == null ? "" : member.profile().zone(),
                                            member == null ? "" : member.profile().address(),
                                            member == null
                                                    ? ""
                                                    : Long.toHexString(member.incarnation()),
                                            holding.replicas(),
                                            holding.leaders(),
                                            holding.copying(),
                                            holding.leaving(),
                                            state(member, nowMillis)));
                });
    }

    static String state(@Nullable Member member, long nowMillis) {
        if (member == null) {
            return "gone";
        }
        if (member.draining()) {
            return "draining";
        }
        return member.steady(nowMillis) ? "there" : "back too recently";
    }

    void leaders(Survey survey) {
        survey.maps()
                .forEach((table, image) -> {
                    Map<String, Integer> led = new TreeMap<>();
                    for (int s = 0; s < image.shards(); s++) {
                        if (!image.keys().live(s)) {
                            continue;
                        }
                        int leader = image.get(s).leader();
                        led.merge(
                                leader < 0 ? "(nobody)" : survey.nodes().name(leader),
                                1,
                                Integer::sum);
                    }
                    line("%s, map version %d".formatted(table, image.version()));
                    led.forEach((node, count) -> line("  %-16s %d".formatted(node, count)));
                });
    }

    void shards(Survey survey, String table) {
        MapImage image = survey.maps().get(table);
        if (image == null) {
            throw new IllegalArgumentException("there is no map of table " + table);
        }
        for (int s = 0; s < image.shards(); s++) {
            Assignment shard = image.get(s);
            if (!image.keys().live(s) && shard.count() == 0) {
                continue; // Split or merged long ago.
            }
            StringBuilder line =
                    new StringBuilder(
                            "%s/%d  epoch %d ".formatted(table, s, shard.epoch().value()));
            for (int i = 0; i < shard.count(); i++) {
                line.append(' ')
                        .append(survey.nodes().name(shard.node(i)))
                        .append(mark(shard.role(i)))
                        .append(shard.leaving(i) ? "-" : "");
            }
            line(line + (image.keys().live(s) ? "" : "  split or merged, kept a while"));
        }
        line("* leads, + is being copied, - is to go");
    }

    private static String mark(Role role) {
        return switch (role) {
            case LEADER -> "*";
            case FOLLOWER -> "";
            case LEARNER -> "+";
        };
    }

    void heat(Survey survey) {
        Map<String, Holding> holdings = Holding.all(survey);
        int most = 1;
        Map<String, Map<String, Holding>> zones = new TreeMap<>();
        for (Map.Entry<String, Holding> one : holdings.entrySet()) {
            int number = survey.nodes().indexOf(one.getKey()).orElse(-1);
            String zone = number < 0 ? "" : survey.nodes().entry(number).zone();
            zones.computeIfAbsent(zone, z -> new LinkedHashMap<>())
                    .put(one.getKey(), one.getValue());
            most = Math.max(most, one.getValue().replicas());
        }
        for (Map.Entry<String, Map<String, Holding>> zone : zones.entrySet()) {
            line("zone " + zone.getKey());
            for (Map.Entry<String, Holding> one : zone.getValue().entrySet()) {
                Holding holding = one.getValue();
                int led = holding.leaders() * BAR_CHARS_MAX / most;
                int rest = holding.replicas() * BAR_CHARS_MAX / most - led;
                line(
                        "  %-16s %s%s %d, %d led"
                                .formatted(
                                        one.getKey(),
                                        "#".repeat(led),
                                        "=".repeat(rest),
                                        holding.replicas(),
                                        holding.leaders()));
            }
        }
    }

    void history(List<ShardEvent> events) {
        if (events.isEmpty()) {
            line("nothing of it is in the log any more");
        }
        events.forEach(event -> line(event.toString()));
    }

    void advice(List<SplitAdvice> advice) {
        if (advice.isEmpty()) {
            line("no shard is too heavy, as far as nodes tell what shards weigh");
        }
        advice.forEach(one -> line(one.toString()));
    }

    void why(Explanation why) {
        line(why.shard() + ": " + why.now());
        why.wanted().forEach(sentence -> line("  planned " + sentence));
        why.binding().forEach(sentence -> line("  but " + sentence));
        history(why.history());
    }

    void plan(Plan plan) {
        int[] moved = new int[2];
        plan.forEachChange(
                new Plan.Visitor() {
                    @Override
                    public void replica(int shard, int from, int to, Reason reason) {
                        moved[0]++;
                        line(
                                "%s: %s -> %s, because %s"
                                        .formatted(
                                                plan.demand().name(shard),
                                                name(plan, from),
                                                name(plan, to),
                                                reason.sentence()));
                    }

                    @Override
                    public void leader(int shard, int from, int to, Reason reason) {
                        moved[1]++;
                        line(
                                "%s: led by %s instead of %s, because %s"
                                        .formatted(
                                                plan.demand().name(shard),
                                                name(plan, to),
                                                name(plan, from),
                                                reason.sentence()));
                    }
                });
        line("%d replicas would move and %d leaders change".formatted(moved[0], moved[1]));
        plan.shortfalls().forEach(shortfall -> line("! " + shortfall));
    }

    private static String name(Plan plan, int node) {
        return node < 0 ? "nowhere" : plan.nodes().name(node);
    }
}
