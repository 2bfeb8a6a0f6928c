package org.quorate.cli.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.CreateTxn;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.tree.WatchTable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The model's constants are what the code really takes. */
class CapacityModelTest {
    private static final int ZNODES = 100_000;
    private static final int CHILDREN = 1_000;
    private static final Percentage CLOSE = Percentage.withPercentage(12);
    private static final Machine MACHINE = new Machine(4, 8, 200, 300, 10, 200);

    /** Of the log's framing: checksum, length, end mark. */
    private static final int FRAMING_BYTES = 8 + 4 + 1;

    private static Load load(int znodes, int dataBytes, int watches) {
        int pathBytes = path(ZNODES / 2).length();
        return new Load(znodes, dataBytes, pathBytes, 6, 0, watches, 0, 0, 0);
    }

    private static String path(int i) {
        return "/bench/d%02d/n%05d".formatted(i / CHILDREN, i);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 1_000})
    void aTreeTakesAsMuchMemoryAsTheModelSays(int dataBytes) {
        try (DataTree tree = filled(dataBytes)) {
            assertThat((double) tree.memoryBytes())
                    .isCloseTo(ServerNeeds.treeBytes(load(ZNODES, dataBytes, 0)), CLOSE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void aSnapshotIsAsLargeAsTheModelSays(int dataBytes) {
        try (DataTree tree = filled(dataBytes);
                SnapshotSource view = tree.freeze()) {
            JuteOut out = new JuteOut(32 << 20);
            new SnapshotEncoder(view).encode(out, Integer.MAX_VALUE / 2);
            assertThat((double) out.size())
                    .isCloseTo(
                            ServerNeeds.snapshotBytes(load(ZNODES, dataBytes, 0)),
                            Percentage.withPercentage(3));
        }
    }

    @Test
    void watchesTakeAsMuchMemoryAsTheModelSays() {
        WatchTable watches = new WatchTable(1);
        for (int i = 0; i < ZNODES; i++) {
            watches.add(1 + i % 16, Slice.of(path(i)), WatchTable.Mode.DATA);
        }
        assertThat((double) watches.memoryBytes())
                .isCloseTo(ServerNeeds.watchBytes(load(1, 0, ZNODES)), CLOSE);
    }

    @Test
    void aTransactionIsAsLongAsTheModelSays() {
        SetDataTxn set = new SetDataTxn();
        set.type = OpCode.SET_DATA;
        set.path.set(Slice.of(path(ZNODES / 2)));
        set.data.set(new byte[100], 0, 100);
        JuteOut out = new JuteOut();
        header(set).write(out);
        set.write(out);
        assertThat(out.size() + TxnDigest.BYTES + FRAMING_BYTES)
                .isEqualTo((int) ServerNeeds.txnBytes(load(1, 100, 0)));
    }

    @Test
    void processorTimeIsThatOfThePublishedFigures() throws IOException {
        JsonNode workloads =
                new ObjectMapper()
                        .readTree(
                                Files.readString(
                                        Path.of(
                                                System.getProperty("basedir", "."),
                                                "../docs/performance.json")))
                        .required("workloads");
        Percentage third = Percentage.withPercentage(33);
        assertThat(Costs.READ_MICROS).isCloseTo(micros(workloads, "READ_32x8"), third);
        assertThat(Costs.READ_ALONE_MICROS).isCloseTo(micros(workloads, "READ_16x1"), third);
        assertThat(Costs.WRITE_MICROS).isCloseTo(micros(workloads, "WRITE_32x8"), third);
        assertThat(Costs.WRITE_ALONE_MICROS).isCloseTo(micros(workloads, "WRITE_16x1"), third);
        assertThat(Costs.EVENT_MICROS).isCloseTo(micros(workloads, "FANOUT_1000"), third);
        double ofThree =
                Costs.WRITE_MICROS
                        + 2 * (Costs.WRITE_PER_FOLLOWER_MICROS + Costs.WRITE_ON_FOLLOWER_MICROS);
        assertThat(ofThree).isCloseTo(micros(workloads, "WRITE3_33x8"), third);
    }

    private static double micros(JsonNode workloads, String name) {
        return workloads.required(name).required("quorate_us").asDouble();
    }

    @Test
    void whatGrowsMostBindsFirst() {
        assertThat(of(writes(300_000, 100)).bindsFirst()).isEqualTo("the leader's cores");
        assertThat(of(writes(3_000, 100_000)).bindsFirst()).isEqualTo("the disk's stream");
        assertThat(of(load(100_000_000, 100, 0)).bindsFirst()).isEqualTo("memory");
        assertThat(of(load(100_000_000, 100, 0)).headroom()).isLessThan(1);
        Machine wide = new Machine(32, 64, 2_000, 30, 25, 50);
        assertThat(Capacity.of(writes(300_000, 100), wide, 1, 100_000).bindsFirst())
                .isEqualTo("the thread that orders writes");
    }

    @Test
    void theLoadThatFillsAMachineHasNoHeadroom() {
        double headroom = of(writes(10_000, 100)).headroom();
        assertThat(of(writes(10_000, 100).times(headroom)).headroom()).isCloseTo(1, within(0.01));
    }

    @Test
    void readsAreGivenObserversAndNoMoreThanAreSensible() {
        assertThat(of(reads(1_000_000)).observers()).isZero();
        Capacity many = of(reads(20_000_000));
        assertThat(many.observers()).isPositive();
        assertThat(many.server().shares().get("a follower's cores")).isLessThan(0.71);
        assertThatThrownBy(() -> of(reads(1e9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("observers");
    }

    private static Capacity of(Load load) {
        return Capacity.of(load, MACHINE, 1, 100_000);
    }

    private static Load writes(double perSecond, int dataBytes) {
        return new Load(1_000, dataBytes, 20, 6, 100, 0, perSecond, 0, 0);
    }

    private static Load reads(double perSecond) {
        return new Load(1_000, 100, 20, 6, 100, 0, 0, perSecond, 0);
    }

    private static TxnHeader header(Txn txn) {
        return new TxnHeader().set(1, 0, 1, 1_795_345_671_621L, txn.type());
    }

    private static DataTree filled(int dataBytes) {
        DataTree tree = new DataTree(TreeOptions.DEFAULT);
        TxnRecord record = new TxnRecord();
        JuteIn in = new JuteIn();
        JuteOut out = new JuteOut();
        CreateTxn create = new CreateTxn();
        create.acl.set(AclList.OPEN);
        create.parentCversion = CreateTxn.PARENT_CVERSION_UNKNOWN;
        long zxid = 0;
        for (int i = -1 - ZNODES / CHILDREN; i < ZNODES; i++) {
            String path =
                    i >= 0
                            ? path(i)
                            : i == -1 - ZNODES / CHILDREN
                                    ? "/bench"
                                    : "/bench/d%02d".formatted(-1 - i);
            create.path.set(Slice.of(path));
            create.data.set(new byte[dataBytes], 0, i >= 0 ? dataBytes : 0);
            out.clear();
            header(create).write(out);
            create.write(out);
            record.read(in.wrap(out.array(), 0, out.size()));
            record.header.zxid = ++zxid;
            tree.apply(record, null);
        }
        return tree;
    }
}
