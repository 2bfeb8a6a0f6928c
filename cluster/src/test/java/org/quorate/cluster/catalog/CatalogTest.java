package org.quorate.cluster.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome.Reason;
import org.quorate.cluster.permit.Permit;
import org.quorate.cluster.permit.SharedLock;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** A catalog in simulated time. */
class CatalogTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final String PATH = "/db/catalog";
    private static final Table ORDERS =
            Table.of("sales", "orders", new Column("id", "bigint", false), Column.of("at", "date"));

    private final World world = new World(1);
    private final SimulatedHost hostA = world.host("a", SESSION);
    private final Coordinator a = Coordinator.on(hostA, SESSION.multipliedBy(2));
    private final Coordinator b = Coordinator.on(world.host("b", SESSION), SESSION.multipliedBy(2));
    private final Catalog one = Catalog.open(a, PATH);
    private final Catalog other = Catalog.open(b, PATH);
    private final List<CatalogEvent> told = new ArrayList<>();

    @AfterEach
    void end() {
        world.close();
    }

    private void settle() {
        world.run(Duration.ofSeconds(2));
    }

    private CatalogView view() {
        Coordinator eye = Coordinator.on(world.host("eye", SESSION), SESSION);
        CatalogView view = CatalogView.watch(eye, PATH, told::addAll);
        settle();
        return view;
    }

    private void createOrders() throws Exception {
        assertThat(one.change().createDatabase("sales").create(ORDERS).commit().done()).isTrue();
    }

    @Test
    void aSchemaIsReadBackAndChangedByCompareAndSet() throws Exception {
        createOrders();
        Table read = other.table("sales", "orders").orElseThrow();
        assertThat(read.columns()).isEqualTo(ORDERS.columns());
        Table wider = read.with(Column.of("note", "varchar")).property("format", "orc");
        assertThat(one.change().alter(wider).commit().done()).isTrue();
        assertThat(other.change().alter(read.without("at")).commit())
                .as("made from an old version")
                .matches(outcome -> outcome.refusedFor(Reason.CHANGED));
        Table now = one.table("sales", "orders").orElseThrow();
        assertThat(now.version()).isEqualTo(1);
        assertThat(now.columns()).hasSize(3);
        assertThat(now.properties()).containsEntry("format", "orc");
    }

    @Test
    void changesOfSeveralTablesHappenTogetherOrNotAtAll() throws Exception {
        createOrders();
        Table orders = one.table("sales", "orders").orElseThrow();
        assertThat(
                        one.change()
                                .create(Table.of("sales", "items", Column.of("x", "int")))
                                .alter(orders.with(Column.of("y", "int")))
                                .create(Table.of("nowhere", "t", Column.of("x", "int")))
                                .commit())
                .matches(outcome -> outcome.refusedFor(Reason.MISSING));
        assertThat(one.tables("sales")).hasSize(1);
        assertThat(one.table("sales", "orders").orElseThrow().version()).isZero();
        assertThat(one.change().dropDatabase("sales").commit())
                .matches(outcome -> outcome.refusedFor(Reason.NOT_EMPTY));
        assertThat(one.change().drop(orders).dropDatabase("sales").commit().done()).isTrue();
        assertThat(one.databases()).isEmpty();
    }

    @Test
    void thousandsOfPartitionsLieInSmallZnodes() throws Exception {
        createOrders();
        Partitions partitions = one.partitions("sales", "orders");
        int count = 5_000;
        for (int from = 0; from < count; from += 500) {
            PartitionEdit edit = partitions.edit();
            for (int i = from; i < from + 500; i++) {
                edit.put(name(i), Map.of("location", "s3://bucket/orders/" + name(i)));
            }
            assertThat(edit.commit()).isTrue();
        }
        assertThat(partitions.scan("", 10_000))
                .hasSize(count)
                .isSortedAccordingTo((x, y) -> x.name().compareTo(y.name()));
        assertThat(partitions.scan(name(4_000), 3))
                .extracting(Partition::name)
                .containsExactly(name(4_000), name(4_001), name(4_002));
        assertThat(partitions.get(name(1_234)).orElseThrow().version()).isEqualTo(1);
        String table = PATH + "/db/sales/orders";
        List<String> buckets = a.znodes().children(table).orElseThrow();
        assertThat(buckets).hasSizeBetween(8, 60);
        for (String bucket : buckets) {
            assertThat(world.look(table + "/" + bucket).orElseThrow().data().size())
                    .isLessThanOrEqualTo(Bucket.BYTES_MAX);
        }
        Table read = one.table("sales", "orders").orElseThrow();
        assertThat(one.change().drop(read).commit().done()).isTrue();
        assertThatThrownBy(() -> partitions.get(name(1)))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("no table");
    }

    private static String name(int i) {
        return String.format("day=%05d/h", i);
    }

    @Test
    void aPartitionIsChangedByItsVersionAndTogetherWithOthers() throws Exception {
        createOrders();
        Partitions partitions = one.partitions("sales", "orders");
        assertThat(partitions.edit().put("p", Map.of("a", "1"), PartitionEdit.ABSENT).commit())
                .isTrue();
        assertThat(partitions.edit().put("p", Map.of("a", "2"), PartitionEdit.ABSENT).commit())
                .isFalse();
        assertThat(partitions.edit().put("q", Map.of()).put("p", Map.of("a", "2"), 7).commit())
                .isFalse();
        assertThat(partitions.get("q")).isEmpty();
        assertThat(partitions.edit().put("q", Map.of()).put("p", Map.of("a", "2"), 1).commit())
                .isTrue();
        assertThat(partitions.get("p").orElseThrow().version()).isEqualTo(2);
        assertThat(partitions.edit().remove("p", 1).commit()).isFalse();
        assertThat(partitions.edit().remove("p", 2).remove("never").commit()).isTrue();
        assertThat(partitions.scan("", 10)).extracting(Partition::name).containsExactly("q");
    }

    /** Two writers at once against a plain map, with names that need escapes and force splits. */
    @Test
    void partitionsAgreeWithAMapForAnyEdits() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            String database = "d" + seed;
            one.change()
                    .createDatabase(database)
                    .create(Table.of(database, "t", Column.of("x", "int")))
                    .commit();
            Partitions[] both = {one.partitions(database, "t"), other.partitions(database, "t")};
            Map<String, Map<String, String>> model = new TreeMap<>();
            for (int step = 0; step < 60; step++) {
                PartitionEdit edit = both[random.nextInt(2)].edit();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    String name = "/ä%" + (char) ('a' + random.nextInt(6)) + random.nextInt(30);
                    if (random.nextInt(4) == 0) {
                        edit.remove(name);
                        model.remove(name);
                    } else {
                        Map<String, String> properties =
                                Map.of("v", "x".repeat(random.nextInt(2_000)));
                        edit.put(name, properties);
                        model.put(name, properties);
                    }
                }
                assertThat(edit.commit()).isTrue();
            }
            Map<String, Map<String, String>> found = new TreeMap<>();
            for (Partition partition : both[0].scan("", 10_000)) {
                found.put(partition.name(), partition.properties());
            }
            assertThat(found).as("seed %d", seed).isEqualTo(model);
            assertThat(a.znodes().children(PATH + "/db/" + database + "/t").orElseThrow())
                    .as("seed %d: split", seed)
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void aViewTellsWhatChangedAndASplitChangesNothing() throws Exception {
        CatalogView view = view();
        createOrders();
        settle();
        assertThat(told.get(0)).isEqualTo(new CatalogEvent.DatabaseCreated("sales"));
        assertThat(told).hasAtLeastOneElementOfType(CatalogEvent.TableCreated.class);
        told.clear();
        Partitions partitions = one.partitions("sales", "orders");
        Map<String, Integer> added = new HashMap<>();
        for (int from = 0; from < 1_500; from += 250) {
            PartitionEdit edit = partitions.edit();
            for (int i = from; i < from + 250; i++) {
                edit.put(name(i * 7 % 1_500), Map.of("location", "somewhere/" + i));
            }
            edit.commit();
            settle();
        }
        for (CatalogEvent event : told) {
            CatalogEvent.PartitionsChanged changed = (CatalogEvent.PartitionsChanged) event;
            assertThat(changed.removed()).isEmpty();
            assertThat(changed.changed()).isEmpty();
            changed.added().forEach(name -> added.merge(name, 1, Integer::sum));
        }
        assertThat(added)
                .hasSize(1_500)
                .allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
        assertThat(view.partitions("sales", "orders")).hasSize(1_500);
        told.clear();
        partitions.edit().put(name(3), Map.of("location", "elsewhere")).remove(name(4)).commit();
        one.change().alter(one.table("sales", "orders").orElseThrow().without("at")).commit();
        settle();
        assertThat(told)
                .anySatisfy(event ->
                        assertThat(event)
                                .isInstanceOfSatisfying(
                                        CatalogEvent.TableAltered.class,
                                        it -> assertThat(it.after().columns()).hasSize(1)))
                .anySatisfy(event ->
                        assertThat(event)
                                .isInstanceOfSatisfying(
                                        CatalogEvent.PartitionsChanged.class,
                                        it -> {
                                            assertThat(it.changed()).containsExactly(name(3));
                                            assertThat(it.removed()).containsExactly(name(4));
                                        }));
        told.clear();
        one.change()
                .drop(one.table("sales", "orders").orElseThrow())
                .dropDatabase("sales")
                .commit();
        settle();
        assertThat(told).hasAtLeastOneElementOfType(CatalogEvent.TableDropped.class);
        assertThat(view.table("sales", "orders")).isEmpty();
    }

    @Test
    void aMigrationThatLostItsLockIsRefused() throws Exception {
        createOrders();
        Table read = one.table("sales", "orders").orElseThrow();
        SharedLock mine = one.migrationLock("sales");
        Permit alone = mine.write(TIME).orElseThrow();
        assertThat(other.migrationLock("sales").write(Duration.ofMillis(300))).isEmpty();
        CatalogChange late = one.change().alter(read.property("by", "a")).guardedBy(alone);
        hostA.pause(Duration.ofSeconds(9));
        Permit next = other.migrationLock("sales").write(TIME).orElseThrow();
        world.run(Duration.ofSeconds(10));
        assertThat(late.commit()).matches(outcome -> outcome.refusedFor(Reason.MISSING));
        Table again = other.table("sales", "orders").orElseThrow();
        assertThat(other.change().alter(again.property("by", "b")).guardedBy(next).commit().done())
                .isTrue();
        assertThat(one.table("sales", "orders").orElseThrow().properties())
                .containsEntry("by", "b");
    }

    @Test
    void whatCannotBeIsRefusedAtTheDoor() {
        assertThatIllegalArgumentException().isThrownBy(() -> Table.of("d", "t"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ORDERS.with(Column.of("id", "int")))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException().isThrownBy(() -> Column.of("", "int"));
        Partitions partitions = one.partitions("sales", "orders");
        assertThatIllegalArgumentException().isThrownBy(() -> partitions.edit().remove(""));
        String tooLong = "x".repeat(Partitions.NAME_CHARS_MAX + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> partitions.edit().put(tooLong, Map.of()));
        Map<String, String> large = Map.of("x", "y".repeat(Partitions.PARTITION_BYTES_MAX));
        assertThatIllegalArgumentException().isThrownBy(() -> partitions.edit().put("p", large));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        one.change().create(ORDERS.property("x", "y".repeat(Table.BYTES_MAX))));
    }
}
