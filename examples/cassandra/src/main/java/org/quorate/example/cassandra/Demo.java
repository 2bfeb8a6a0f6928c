package org.quorate.example.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.leader.Candidate;
import org.quorate.cluster.leader.Leadership;
import org.quorate.cluster.leader.LeaderListener;

/**
 * Three instances of an application on one Cassandra node: all bring the schema up to date when
 * they start, and one of them is elected to repair; when it goes, another goes on. {@code Demo
 * CONNECT}, where CONNECT is Quorate or ZooKeeper. Ends with 0 if all was done exactly once.
 */
public final class Demo {
    private static final int INSTANCES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** One instance of the application. */
    private static final class Instance implements AutoCloseable {
        private final String name;
        private final Coordinator coordinator;
        private final CqlSession session;
        private final Candidate candidate;

        Instance(String name, String connectString, CassandraNode cassandra) {
            this.name = name;
            this.coordinator = Coordinator.connect(connectString, Duration.ofSeconds(5));
            this.session = connect(cassandra);
            this.candidate =
                    Candidate.enter(
                            coordinator,
                            Repairs.LEADER,
                            name,
                            new LeaderListener() {
                                @Override
                                public void elected(Leadership reign) {}

                                @Override
                                public void ended(Leadership reign) {}
                            });
        }

        @Override
        public void close() {
            candidate.close();
            session.close();
            coordinator.close();
        }
    }

    private Demo() {}

    private static CqlSession connect(CassandraNode cassandra) {
        return CqlSession.builder()
                .addContactPoint(cassandra.address())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(
                        DriverConfigLoader.programmaticBuilder()
                                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
                                .withDuration(
                                        DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
                                .withDuration(
                                        DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, PATIENCE)
                                .build())
                .build();
    }

    /** Runs it all, in a minute or two. */
    public static void main(String[] args) throws Exception {
        Path dir = Files.createTempDirectory("quorate-cassandra-");
        List<Instance> instances = new ArrayList<>();
        boolean good;
        try (CassandraNode cassandra = new CassandraNode(dir)) {
            System.out.println("Cassandra starts");
            cassandra.awaitServing();
            for (int i = 1; i <= INSTANCES; i++) {
                instances.add(new Instance("app-" + i, args[0], cassandra));
            }
            good = migrate(instances) & repair(instances, cassandra);
            instances.forEach(Instance::close);
        } finally {
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
        System.exit(good ? 0 : 1);
    }

    /** All at once, twice: as when all instances of an application are started again. */
    private static boolean migrate(List<Instance> instances) throws Exception {
        System.out.println("three instances bring the schema up to date at once");
        List<String> all = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        for (int round = 1; round <= 2; round++) {
            List<Future<List<String>>> running = new ArrayList<>();
            for (Instance instance : instances) {
                Migrations own = new Migrations(instance.coordinator, instance.session);
                running.add(threads.submit(own::run));
            }
            for (int i = 0; i < running.size(); i++) {
                List<String> done = running.get(i).get();
                System.out.println(
                        "  "
                                + instances.get(i).name
                                + ": "
                                + (done.isEmpty() ? "nothing was left to do" : "made " + done));
                all.addAll(done);
            }
        }
        threads.shutdown();
        List<String> columns =
                instances
                        .get(0)
                        .session
                        .execute(
                                "SELECT column_name FROM system_schema.columns"
                                        + " WHERE keyspace_name = 'shop' AND table_name = 'orders'")
                        .map(row -> row.getString(0))
                        .all();
        System.out.println("  Cassandra's columns of shop.orders: " + columns);
        return all.equals(List.of("keyspace shop", "table orders", "column note"))
                && columns.equals(List.of("id", "note"));
    }

    /** The leader repairs, goes, and its successor repairs. */
    private static boolean repair(List<Instance> instances, CassandraNode cassandra)
            throws Exception {
        System.out.println("one of them is elected to repair");
        Instance first = leader(instances);
        Leadership before = first.candidate.leadership().orElseThrow();
        int one = new Repairs(first.coordinator, cassandra).next(before);
        System.out.println("  " + first.name + " of epoch " + before.epoch() + " did round " + one);
        instances.remove(first);
        first.close();
        Instance second = leader(instances);
        Leadership after = second.candidate.leadership().orElseThrow();
        int two = new Repairs(second.coordinator, cassandra).next(after);
        System.out.println(
                "  it goes; " + second.name + " of epoch " + after.epoch() + " did round " + two);
        return two == one + 1 && before.epoch().olderThan(after.epoch());
    }

    private static Instance leader(List<Instance> instances) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadlineNanos < 0) {
            for (Instance instance : instances) {
                if (instance.candidate.leadership().isPresent()) {
                    return instance;
                }
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("nobody was elected");
    }
}
