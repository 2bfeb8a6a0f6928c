package org.quorate.cli.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.leader.Leader;
import org.quorate.cluster.leader.LeaderView;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Reason;
import org.quorate.cluster.shard.Explanation;
import org.quorate.cluster.shard.ShardAdmin;
import org.quorate.cluster.shard.ShardEvent;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Survey;
import org.quorate.cluster.shard.Table;
import org.quorate.node.console.ConsoleGuest;
import tools.jackson.databind.JsonNode;

/**
 * The console's questions about databases on the toolkit, asked through a session of its own at the
 * server beside it (decision 172). The session begins with the first question and ends when nobody
 * has asked for a while. Safe for many threads.
 */
public final class ShardConsole implements ConsoleGuest, AutoCloseable {
    /** How long nobody asks before the session is given up. */
    private static final Duration IDLE_MOST = Duration.ofMinutes(1);

    private static final Duration SESSION = Duration.ofSeconds(10);

    /** How long is waited for a planner before it is said that there is none. */
    private static final Duration PLANNER_MOST = Duration.ofMillis(500);

    /** Shards that are planned for a preview, at most: this is the server's process. */
    static final int PREVIEW_SHARDS_MAX = 20_000;

    /** Shards that one answer lists. */
    static final int SHARDS_MAX = 4_096;

    /** Changes of a plan that are listed; all are counted. */
    static final int CHANGES_MAX = 200;

    /** Children of one znode that are looked at in search of clusters. */
    static final int LOOKED_AT_MAX = 1_000;

    private final Object lock = new Object(); // Guards the coordinator and when it was used.
    private @Nullable String connectString;
    private @Nullable Coordinator coordinator;
    private long usedNanos;
    private int using;

    /** Asks nobody until it is told whom. */
    public ShardConsole() {}

    /** The server that it belongs to listens there; without a plain port nothing is answered. */
    public void connectsTo(String server) {
        synchronized (lock) {
            connectString = server;
        }
    }

    private interface Work {
        @Nullable Object with(Coordinator coordinator)
                throws CoordinationException, InterruptedException;
    }

    private @Nullable Object does(Work work) throws IOException {
        Coordinator mine = take();
        try {
            return work.with(mine);
        } catch (CoordinationException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server is stopping", e);
        } finally {
            giveBack(mine);
        }
    }

    private Coordinator take() throws IOException {
        synchronized (lock) {
            if (connectString == null) {
                throw new IOException("this server has no plain client port to ask at");
            }
            if (coordinator == null) {
                coordinator = Coordinator.connect(connectString, SESSION);
            }
            using++;
            return coordinator;
        }
    }

    private void giveBack(Coordinator mine) {
        synchronized (lock) {
            using--;
            usedNanos = System.nanoTime();
        }
        mine.host().schedule(IDLE_MOST.toNanos(), this::closeIfIdle);
    }

    private void closeIfIdle() {
        Coordinator idle = null;
        synchronized (lock) {
            if (using == 0 && System.nanoTime() - usedNanos >= IDLE_MOST.toNanos()) {
                idle = coordinator;
                coordinator = null;
            }
        }
        if (idle != null) {
            Coordinator over = idle;
            Thread.ofVirtual().start(over::close); // Its own timer has called: it cannot wait here.
        }
    }

    @Override
    public void close() {
        Coordinator open;
        synchronized (lock) {
            open = coordinator;
            coordinator = null;
            connectString = null;
        }
        if (open != null) {
            open.close();
        }
    }

    @Override
    public @Nullable Object ask(String question, Map<String, String> query) throws IOException {
        return switch (question) {
            case "shards/clusters" -> does(ShardConsole::clusters);
            case "shards/cluster" -> does(all -> cluster(all, root(query)));
            case "shards/table" -> does(all -> table(all, root(query), query));
            case "shards/why" -> does(all -> why(all, root(query), query));
            case "shards/plan" -> does(all -> plan(all, root(query), text(query, "node")));
            default -> null;
        };
    }

    @Override
    public @Nullable Object change(String change, JsonNode wanted) throws IOException {
        if (!change.equals("shards/drain")) {
            return null;
        }
        String root = text(wanted, "root");
        String node = text(wanted, "node");
        JsonNode undo = wanted.get("undo");
        return does(all -> {
            ShardAdmin admin = Shards.admin(all, Paths.check(root));
            if (!admin.survey().members().containsKey(node)) {
                throw new IllegalArgumentException("there is no member " + node);
            }
            boolean draining = undo == null || !undo.booleanValue(false);
            admin.drain(node, draining);
            return Map.of("draining", draining);
        });
    }

    private static String root(Map<String, String> query) {
        return Paths.check(text(query, "root"));
    }

    private static String text(Map<String, String> query, String name) {
        String value = query.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static String text(JsonNode object, String name) {
        JsonNode value = object.get(name);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value.asString();
    }

    private static int number(Map<String, String> query, String name) {
        try {
            return Integer.parseInt(text(query, name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is no number", e);
        }
    }

    // ---- answers

    /** Roots of clusters, one or two levels below the tree's root. */
    private static Object clusters(Coordinator all)
            throws CoordinationException, InterruptedException {
        Znodes znodes = all.znodes();
        List<String> found = new ArrayList<>();
        for (String name : some(znodes, "/")) {
            String top = "/" + name;
            List<String> below = some(znodes, top);
            if (isCluster(below)) {
                found.add(top);
            } else if (!name.equals("zookeeper")) {
                for (String child : below) {
                    String path = Paths.join(top, child);
                    if (isCluster(some(znodes, path))) {
                        found.add(path);
                    }
                }
            }
        }
        return Map.of("roots", found);
    }

    private static List<String> some(Znodes znodes, String path)
            throws CoordinationException, InterruptedException {
        List<String> children = znodes.children(path).orElse(List.of());
        return children.stream().sorted().limit(LOOKED_AT_MAX).toList();
    }

    private static boolean isCluster(List<String> children) {
        return children.contains("spec") && children.contains("members");
    }

    private static Object cluster(Coordinator all, String root)
            throws CoordinationException, InterruptedException {
        Survey survey = Shards.admin(all, root).survey();
        Optional<Leader> planner;
        try (LeaderView view =
                LeaderView.watch(all, new MapPaths(root).controller(), leader -> {})) {
            planner = view.await(PLANNER_MOST);
        }
        List<Object> nodes = new ArrayList<>();
        long nowMillis = System.currentTimeMillis();
        Holding.all(survey)
                .forEach((name, holding) -> {
                    Member member = survey.members().get(name);
                    int number = survey.nodes().indexOf(name).orElse(-1);
                    Map<String, Object> node = new LinkedHashMap<>();
                    node.put("name", name);
                    node.put("zone", number < 0 ? "" : survey.nodes().entry(number).zone());
                    node.put("rack", number < 0 ? "" : survey.nodes().entry(number).rack());
                    node.put("address", member == null ? "" : member.profile().address());
                    node.put("incarnation", member == null ? "" : hex(member.incarnation()));
                    node.put("state", Report.state(member, nowMillis));
                    node.put("replicas", holding.replicas());
                    node.put("leaders", holding.leaders());
                    node.put("copying", holding.copying());
                    node.put("leaving", holding.leaving());
                    nodes.add(node);
                });
        List<Object> tables = new ArrayList<>();
        survey.maps().forEach((name, image) -> tables.add(summary(survey, name, image)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("root", root);
        answer.put("planner", planner.map(Leader::id).orElse(""));
        answer.put("nodes", nodes);
        answer.put("tables", tables);
        return answer;
    }

    private static String hex(long zxid) {
        return "0x" + Long.toHexString(zxid);
    }

    private static Object summary(Survey survey, String table, MapImage image) {
        Table wanted = survey.tables().get(table);
        int replicas = wanted == null ? 0 : wanted.rules().replicas();
        boolean led = wanted != null && wanted.rules().led();
        int live = 0;
        int leaderless = 0;
        int missing = 0;
        for (int s = 0; s < image.shards(); s++) {
            if (!image.keys().live(s)) {
                continue;
            }
            live++;
            Assignment shard = image.get(s);
            int counting = 0;
            for (int i = 0; i < shard.count(); i++) {
                boolean there = image.incarnation(shard.node(i)) != 0;
                counting += there && shard.role(i) != Role.LEARNER ? 1 : 0;
            }
            leaderless += led && shard.leader() < 0 ? 1 : 0;
            missing += counting < replicas ? 1 : 0;
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("name", table);
        summary.put("shards", live);
        summary.put("ever", image.shards());
        summary.put("version", image.version());
        summary.put("replicas", replicas);
        summary.put("leaderless", leaderless);
        summary.put("underReplicated", missing);
        return summary;
    }

    private static Object table(Coordinator all, String root, Map<String, String> query)
            throws CoordinationException, InterruptedException {
        Survey survey = Shards.admin(all, root).survey();
        MapImage image = survey.maps().get(text(query, "table"));
        if (image == null) {
            throw new IllegalArgumentException("there is no map of that table");
        }
        int from = query.containsKey("from") ? Math.max(0, number(query, "from")) : 0;
        List<Object> shards = new ArrayList<>();
        int next = from;
        for (; next < image.shards() && shards.size() < SHARDS_MAX; next++) {
            if (image.keys().live(next) || image.get(next).count() > 0) {
                shards.add(shard(survey, image, next));
            }
        }
        return Map.of("shards", shards, "next", next < image.shards() ? next : -1);
    }

    private static Object shard(Survey survey, MapImage image, int index) {
        Assignment shard = image.get(index);
        List<Object> replicas = new ArrayList<>();
        for (int i = 0; i < shard.count(); i++) {
            replicas.add(
                    List.of(
                            survey.nodes().name(shard.node(i)),
                            shard.role(i).name().toLowerCase(Locale.ROOT),
                            shard.leaving(i)));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("index", index);
        answer.put("epoch", shard.epoch().value());
        answer.put("live", image.keys().live(index));
        answer.put("replicas", replicas);
        return answer;
    }

    private static Object why(Coordinator all, String root, Map<String, String> query)
            throws CoordinationException, InterruptedException {
        ShardAdmin admin = Shards.admin(all, root);
        checkSize(admin.survey());
        Explanation why = admin.why(new ShardId(text(query, "table"), number(query, "shard")));
        List<Object> history = new ArrayList<>();
        for (ShardEvent event : why.history()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("atMillis", event.at().toEpochMilli());
            one.put("version", event.version());
            one.put("epoch", event.epoch().value());
            one.put("leader", event.leader());
            one.put("replicas", event.replicas());
            one.put("why", event.why().sentence());
            history.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("now", why.now());
        answer.put("wanted", why.wanted());
        answer.put("binding", why.binding());
        answer.put("history", history);
        return answer;
    }

    private static void checkSize(Survey survey) {
        int shards = survey.maps().values().stream().mapToInt(MapImage::shards).sum();
        if (shards > PREVIEW_SHARDS_MAX) {
            throw new IllegalArgumentException(
                    "with more than %d shards no plan is made inside the server; use ./quorate cluster"
                            .formatted(PREVIEW_SHARDS_MAX));
        }
    }

    private static Object plan(Coordinator all, String root, String node)
            throws CoordinationException, InterruptedException {
        ShardAdmin admin = Shards.admin(all, root);
        Survey survey = admin.survey();
        checkSize(survey);
        if (!survey.members().containsKey(node)) {
            throw new IllegalArgumentException("there is no member " + node);
        }
        Plan plan = admin.preview(ShardAdmin.Change.remove(node));
        List<Object> changes = new ArrayList<>();
        int[] counts = new int[2];
        plan.forEachChange(
                new Plan.Visitor() {
                    @Override
                    public void replica(int shard, int from, int to, Reason reason) {
                        counts[0]++;
                        add("replica", shard, from, to, reason);
                    }

                    @Override
                    public void leader(int shard, int from, int to, Reason reason) {
                        counts[1]++;
                        add("leader", shard, from, to, reason);
                    }

                    private void add(String what, int shard, int from, int to, Reason reason) {
                        if (changes.size() < CHANGES_MAX) {
                            changes.add(
                                    Map.of(
                                            "what",
                                            what,
                                            "shard",
                                            plan.demand().name(shard),
                                            "from",
                                            from < 0 ? "" : plan.nodes().name(from),
                                            "to",
                                            to < 0 ? "" : plan.nodes().name(to),
                                            "why",
                                            reason.sentence()));
                        }
                    }
                });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("node", node);
        answer.put("replicas", counts[0]);
        answer.put("leaders", counts[1]);
        answer.put("changes", changes);
        answer.put("shortfalls", plan.shortfalls().stream().map(Object::toString).toList());
        return answer;
    }
}
