package org.quorate.cluster.page;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quorate.cluster.balance.Balancer;
import org.quorate.cluster.balance.LoadReport;
import org.quorate.cluster.catalog.Catalog;
import org.quorate.cluster.catalog.CatalogView;
import org.quorate.cluster.catalog.Column;
import org.quorate.cluster.catalog.PartitionEdit;
import org.quorate.cluster.catalog.Table;
import org.quorate.cluster.config.ConfigAdmin;
import org.quorate.cluster.config.LiveConfig;
import org.quorate.cluster.config.Schema;
import org.quorate.cluster.config.Setting;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.discovery.Choice;
import org.quorate.cluster.discovery.Instance;
import org.quorate.cluster.discovery.Registration;
import org.quorate.cluster.discovery.ServiceView;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.leader.Candidate;
import org.quorate.cluster.leader.LeaderListener;
import org.quorate.cluster.leader.LeaderView;
import org.quorate.cluster.leader.Leadership;
import org.quorate.cluster.member.Members;
import org.quorate.cluster.member.Membership;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.permit.Permit;
import org.quorate.cluster.permit.Permits;
import org.quorate.cluster.permit.SharedLock;
import org.quorate.cluster.rate.RateLimit;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;
import org.quorate.cluster.work.Work;
import org.quorate.cluster.work.WorkQueue;

/** What docs/cluster.md shows of all parts but the shards; it is compared with the page. */
final class PartSnippets {
    private PartSnippets() {}

    /** Something that is to run on the leader only. */
    interface Job {
        void start(Leadership reign);

        void stop();

        void write(byte[] data, Epoch epoch);
    }

    /** Something with a size. */
    interface Pool {
        void resize(long size);
    }

    static void coordinator() throws Exception {
        // snippet: coordinator
        try (Coordinator coordinator =
                Coordinator.connect("zk1:2181,zk2:2181,zk3:2181", Duration.ofSeconds(10))) {
            Outcome outcome =
                    coordinator
                            .znodes()
                            .commit(
                                    new Transaction()
                                            .create("/orders-db/tables/t1", Bytes.utf8("{}"))
                                            .put("/orders-db/tables", Bytes.utf8("1"), 0)
                                            .withReceipt());
            if (!outcome.done()) {
                System.out.println("nothing was changed: " + outcome);
            }
        }
        // end
    }

    static void members(Coordinator coordinator) throws Exception {
        // snippet: members
        Profile profile =
                Profile.at("10.0.0.17:7000").zone("eu-1a").rack("r7").capacity("disk", 4_000);
        try (Membership me = Membership.join(coordinator, "/orders-db", "node-17", profile);
                Members members =
                        Members.watch(
                                coordinator,
                                "/orders-db",
                                (now, changes) -> changes.forEach(System.out::println))) {
            me.awaitJoined(Duration.ofSeconds(10));
            members.askToDrain("node-3", true);
        }
        // end
    }

    static void leader(Coordinator coordinator, Job job, byte[] data, int version)
            throws Exception {
        // snippet: leader
        Candidate candidate =
                Candidate.enter(
                        coordinator,
                        "/orders-db/compactor",
                        "node-17",
                        new LeaderListener() {
                            @Override
                            public void elected(Leadership reign) {
                                job.start(reign);
                            }

                            @Override
                            public void ended(Leadership reign) {
                                job.stop();
                            }
                        });
        Leadership reign = candidate.leadership().orElseThrow(); // Or kept from elected.
        LeaderLease lease = reign.lease();
        if (lease.valid()) {
            job.write(data, lease.epoch()); // Fenced by the storage.
        }
        Transaction change = new Transaction().put("/orders-db/done", Bytes.wrap(data), version);
        coordinator.znodes().commit(reign.guard(change)); // Fenced by the service.
        candidate.handOver("node-18"); // Planned.
        LeaderView view =
                LeaderView.watch(coordinator, "/orders-db/compactor", System.out::println);
        // end
        view.close();
    }

    // snippet: schema
    static final Setting<Long> BATCH = Setting.whole("batch", 100, 1, 10_000);
    static final Setting<Duration> WAIT =
            Setting.duration(
                    "wait", Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMinutes(5));
    static final Schema SCHEMA =
            Schema.of(BATCH, WAIT)
                    .must(
                            "large batches need time",
                            v -> v.get(BATCH) < 1_000 || v.get(WAIT).toSeconds() >= 1);

    // end

    static void config(Coordinator coordinator, Pool pool) throws Exception {
        // snippet: config
        LiveConfig config =
                LiveConfig.open(
                        coordinator,
                        "/orders-db/config/ingest",
                        SCHEMA,
                        "node-17",
                        (before, after) -> pool.resize(after.get(BATCH))); // Throws to refuse.
        ConfigAdmin admin = ConfigAdmin.open(coordinator, "/orders-db/config/ingest", SCHEMA);
        admin.tryOut("larger batches", edit -> edit.set(BATCH, 500L), List.of("node-1"));
        admin.widen(25); // Refused while one that tries it has refused it, or not taken it yet.
        admin.complete(); // Or abort().
        admin.rollBackTo(1, "slower after all");
        // end
        config.close();
    }

    static void discovery(Coordinator coordinator, Map<String, Integer> inFlight, String tenant)
            throws Exception {
        // snippet: discovery
        Registration me =
                Registration.open(
                        coordinator,
                        "/services",
                        Instance.of("query", "node-17", "10.0.0.17", 7000).zone("eu-1a").weight(2),
                        () -> inFlight.size() < 1_000, // Its health, asked every two seconds.
                        Duration.ofSeconds(2));
        ServiceView query = ServiceView.watch(coordinator, "/services", "query", all -> {});
        Choice leastLoaded = Choice.leastLoaded(i -> inFlight.getOrDefault(i.id(), 0) / i.weight());
        Optional<Instance> one = query.choose(Choice.near("eu-1a", 0.5, leastLoaded));
        Optional<Instance> same = query.choose(Choice.sticky(tenant));
        // end
        System.out.println(one + " " + same);
        query.close();
        me.close();
    }

    static void balance(Coordinator coordinator, double qps, double heap) throws Exception {
        // snippet: balance
        LoadReport report =
                LoadReport.start(
                        coordinator,
                        "/orders-db/load",
                        "node-17",
                        Duration.ofSeconds(1),
                        () -> Map.of("qps", qps / 50_000, "heap", heap));
        Balancer balancer =
                Balancer.start(
                        coordinator,
                        "/orders-db/load",
                        Map.of("qps", 1.0, "heap", 0.5),
                        Duration.ofSeconds(1));
        Optional<String> member = balancer.choose(); // No I/O.
        // end
        System.out.println(member);
        balancer.close();
        report.close();
    }

    static void permits(Coordinator coordinator) throws Exception {
        // snippet: permits
        try (Permits backups = Permits.open(coordinator, "/orders-db/permits/backup", 4);
                SharedLock schema = SharedLock.open(coordinator, "/orders-db/locks/schema");
                RateLimit moves = RateLimit.open(coordinator, "/orders-db/rate/moves", 20, 40);
                WorkQueue queue = WorkQueue.open(coordinator, "/orders-db/work/compactions")) {
            Optional<Permit> permit = backups.acquire(1, Duration.ofMinutes(5));
            Optional<Permit> alone = schema.write(Duration.ofSeconds(30));
            if (moves.tryAcquire(1)) { // No I/O.
                queue.add(Bytes.utf8("shard-17"));
            }
            Work work = queue.take(Duration.ofSeconds(30)).orElseThrow();
            work.doneWith(work.inSession().put("/orders-db/result", Bytes.utf8("done"), 3));
            alone.ifPresent(Permit::close);
            permit.ifPresent(Permit::close);
        }
        // end
    }

    static void catalog(Coordinator coordinator) throws Exception {
        // snippet: catalog
        Catalog catalog = Catalog.open(coordinator, "/orders-db/catalog");
        catalog.change()
                .createDatabase("sales")
                .create(Table.of("sales", "orders", Column.of("id", "bigint")))
                .commit(); // Together or not at all.
        Table orders = catalog.table("sales", "orders").orElseThrow();
        try (SharedLock lock = catalog.migrationLock("sales")) {
            Permit alone = lock.write(Duration.ofMinutes(1)).orElseThrow();
            Outcome outcome =
                    catalog.change()
                            .alter(orders.with(Column.of("note", "varchar")))
                            .guardedBy(alone)
                            .commit();
            System.out.println(outcome);
        }
        catalog.partitions("sales", "orders")
                .edit()
                .put("day=2026-01-01", Map.of("location", "s3://…"), PartitionEdit.ABSENT)
                .remove("day=2025-01-01")
                .commit();
        CatalogView view =
                CatalogView.watch(
                        coordinator,
                        "/orders-db/catalog",
                        events -> events.forEach(System.out::println));
        // end
        view.close();
    }

    /** Returns how many were elected. */
    static int simulated(long seed) throws Exception {
        // snippet: simulated
        List<LeaderLease> leases = new ArrayList<>();
        LeaderListener noting =
                new LeaderListener() {
                    @Override
                    public void elected(Leadership reign) {
                        leases.add(reign.lease());
                    }

                    @Override
                    public void ended(Leadership reign) {}
                };
        try (World world = new World(seed)) {
            List<SimulatedHost> hosts = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                SimulatedHost host = world.host(name, Duration.ofSeconds(4));
                Coordinator coordinator = Coordinator.on(host, Duration.ofSeconds(8));
                Candidate.enter(coordinator, "/leader", name, noting);
                hosts.add(host);
            }
            world.checkAlways(() -> {
                if (leases.stream().filter(LeaderLease::valid).count() > 1) {
                    throw new AssertionError("two leases hold");
                }
            });
            world.run(Duration.ofSeconds(5));
            // Or cut(), strand(), loseNextAnswer(), clockRate(0.95), breakConnection(), kill().
            hosts.get(0).pause(Duration.ofSeconds(9));
            world.run(Duration.ofMinutes(1)); // Takes milliseconds.
        }
        // end
        return leases.size();
    }
}
