package org.quorate.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Outcome.Reason;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.testing.Proxy;
import org.quorate.cluster.testing.Service;

/** Against a real ZooKeeper server, through a proxy that can do harm. */
@Execution(ExecutionMode.CONCURRENT)
class CoordinatorTest {
    private static final Duration SESSION = Duration.ofSeconds(3);
    private static final Duration SOON = Duration.ofSeconds(8);

    private final String root = Service.root("coordinator");
    private Proxy proxy;
    private CuratorFramework client;
    private Coordinator coordinator;
    private Znodes znodes;

    @BeforeEach
    void connect() throws Exception {
        proxy = new Proxy();
        client = Service.client(proxy.connectString(), SESSION);
        coordinator = Coordinator.over(client);
        znodes = coordinator.znodes();
        znodes.ensure(root);
    }

    @AfterEach
    void disconnect() throws Exception {
        coordinator.close();
        client.close();
        proxy.close();
    }

    @Test
    void aTransactionHappensWholeOrNotAtAll() throws Exception {
        Outcome done =
                znodes.commit(
                        new Transaction()
                                .create(root + "/a", Bytes.utf8("1"))
                                .create(root + "/b", Bytes.utf8("2")));
        assertThat(done.done()).isTrue();
        Outcome refused =
                znodes.commit(
                        new Transaction()
                                .put(root + "/a", Bytes.utf8("3"), 0)
                                .put(root + "/b", Bytes.utf8("4"), 7));
        assertThat(refused).isEqualTo(new Outcome.Refused(1, Reason.CHANGED, root + "/b"));
        assertThat(znodes.read(root + "/a").orElseThrow().data().text()).isEqualTo("1");
        assertThat(znodes.children(root).orElseThrow()).containsExactlyInAnyOrder("a", "b");
        assertThat(znodes.readAll(List.of(root + "/b", root + "/c")))
                .satisfiesExactly(
                        b -> assertThat(b.orElseThrow().version()).isZero(),
                        c -> assertThat(c).isEmpty());
    }

    @Test
    void aPutTellsTheTransactionsNumber() throws Exception {
        Outcome outcome =
                znodes.commit(
                        new Transaction()
                                .create(root + "/a", Bytes.NONE)
                                .put(root, Bytes.utf8("x"), Transaction.ANY_VERSION));
        long zxid = ((Outcome.Done) outcome).written().get(0).zxid();
        assertThat(znodes.read(root + "/a").orElseThrow().createdZxid()).isEqualTo(zxid);
    }

    @Test
    void eachRefusalNamesItsReason() throws Exception {
        znodes.ensure(root + "/p/q");
        assertThat(refusal(new Transaction().create(root + "/p", Bytes.NONE)))
                .isEqualTo(Reason.EXISTS);
        assertThat(refusal(new Transaction().create(root + "/x/y", Bytes.NONE)))
                .isEqualTo(Reason.MISSING);
        assertThat(refusal(new Transaction().delete(root + "/p", 0))).isEqualTo(Reason.NOT_EMPTY);
        assertThat(refusal(new Transaction().check(root + "/p", 3))).isEqualTo(Reason.CHANGED);
    }

    private Reason refusal(Transaction transaction) throws Exception {
        return ((Outcome.Refused) znodes.commit(transaction)).reason();
    }

    @Test
    void aLostAnswerDoesNotMakeASecondSequentialZnode() throws Exception {
        String path = root + "/job-" + coordinator.nonce() + "-";
        proxy.loseAnswers(1);
        Outcome outcome = znodes.commit(new Transaction().createSequential(path, Bytes.NONE));
        List<String> names = znodes.children(root).orElseThrow();
        assertThat(names).hasSize(1);
        assertThat(((Outcome.Done) outcome).written().get(0).path())
                .isEqualTo(root + "/" + names.get(0));
    }

    @Test
    void aLostAnswerToAConditionalPutIsFoundOut() throws Exception {
        znodes.commit(new Transaction().create(root + "/n", Bytes.utf8("0")));
        proxy.loseAnswers(1);
        Outcome outcome = znodes.commit(new Transaction().put(root + "/n", Bytes.utf8("1"), 0));
        assertThat(outcome.done()).isTrue();
        assertThat(znodes.read(root + "/n").orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void aLostAnswerToADeleteIsFoundOut() throws Exception {
        znodes.commit(new Transaction().create(root + "/n", Bytes.utf8("0")));
        proxy.loseAnswers(1);
        assertThat(znodes.commit(new Transaction().delete(root + "/n", 0)).done()).isTrue();
    }

    @Test
    void aReceiptTellsEvenWhenOthersHaveWrittenSince() throws Exception {
        znodes.commit(new Transaction().create(root + "/n", Bytes.utf8("0")));
        try (Coordinator other = Coordinator.connect(Service.connectString(), SESSION)) {
            other.znodes().read(root);
            // Whoever sees version 1 writes versions 2 and 3 before our answer can be looked up.
            Mirror meddler =
                    Mirror.open(
                            other,
                            root + "/n",
                            0,
                            (now, differences) -> {
                                Znode n = now.get(root + "/n");
                                if (n.version() >= 1 && n.version() < 3) {
                                    put(other.znodes(), n.version());
                                }
                            });
            assertThat(meddler.awaitComplete(SOON)).isTrue();
            znodes.commit(new Transaction().check(root, 0).withReceipt()); // Makes the receipt.
            proxy.loseAnswers(1);
            Outcome outcome =
                    znodes.commit(
                            new Transaction().put(root + "/n", Bytes.utf8("1"), 0).withReceipt());
            assertThat(outcome.done()).isTrue();
            await().atMost(SOON).until(() -> znodes.read(root + "/n").orElseThrow().version() == 3);
        }
    }

    private void put(Znodes through, int version) {
        try {
            through.commit(new Transaction().put(root + "/n", Bytes.utf8("other"), version));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void anEphemeralGoesWithItsSessionAndTheNextSessionIsAnother() throws Exception {
        Session first = coordinator.session();
        znodes.commit(Transaction.in(first).createEphemeral(root + "/e", Bytes.NONE));
        AtomicInteger ends = new AtomicInteger();
        first.onEnd(ends::incrementAndGet);
        Service.expire(client);
        await().atMost(SOON).until(() -> !first.live());
        assertThat(ends).hasValue(1);
        Session second = coordinator.session();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(znodes.read(root + "/e")).isEmpty();
        assertThatThrownBy(() ->
                        znodes.commit(
                                Transaction.in(first).createEphemeral(root + "/e", Bytes.NONE)))
                .isInstanceOfSatisfying(
                        SessionEndedException.class,
                        ended -> assertThat(ended.fate()).isEqualTo(Fate.DID_NOT_HAPPEN));
    }

    @Test
    void aLeaseIsRenewedPastItsTermAndEndsWhenTheServerIsSilent() throws Exception {
        Duration shortSession = Duration.ofSeconds(3);
        try (Coordinator holder = Coordinator.connect(proxy.connectString(), shortSession)) {
            HeldLease lease = holder.session().lease(new Epoch(1));
            long bornNanos = System.nanoTime();
            await().atMost(SOON)
                    .until(() -> System.nanoTime() - bornNanos > shortSession.toNanos());
            assertThat(lease.valid()).isTrue();
            AtomicInteger lost = new AtomicInteger();
            lease.onLost(lost::incrementAndGet);
            proxy.silence();
            long silentNanos = System.nanoTime();
            await().pollInterval(Duration.ofMillis(5)).atMost(SOON).until(() -> !lease.valid());
            assertThat(Duration.ofNanos(System.nanoTime() - silentNanos)).isLessThan(shortSession);
            await().atMost(SOON).until(() -> lost.get() == 1);
            proxy.heal();
            await().ignoreExceptions()
                    .atMost(SOON)
                    .until(() -> holder.session().lease(new Epoch(2)).valid());
            assertThat(lease.valid()).isFalse();
        }
    }

    @Test
    void aMirrorShowsChangesAndCatchesUpAfterACut() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (Mirror mirror =
                Mirror.open(
                        coordinator,
                        root,
                        1,
                        (now, differences) -> differences.forEach(d -> seen.add(kind(d))))) {
            assertThat(mirror.awaitComplete(SOON)).isTrue();
            znodes.commit(new Transaction().create(root + "/a", Bytes.utf8("1")));
            znodes.commit(new Transaction().create(root + "/b", Bytes.utf8("1")));
            await().atMost(SOON).until(() -> mirror.now().size() == 3);
            proxy.cut();
            try (Coordinator other = Coordinator.connect(Service.connectString(), SESSION)) {
                other.znodes()
                        .commit(
                                new Transaction()
                                        .delete(root + "/a", 0)
                                        .put(root + "/b", Bytes.utf8("2"), 0)
                                        .create(root + "/c", Bytes.NONE));
                other.znodes()
                        .commit(
                                new Transaction()
                                        .delete(root + "/c", 0)
                                        .create(root + "/d", Bytes.NONE));
            }
            proxy.heal();
            await().atMost(SOON).until(() -> mirror.get(root + "/d").isPresent());
            assertThat(mirror.now()).containsOnlyKeys(root, root + "/b", root + "/d");
            assertThat(seen).contains("-/a", "~/b", "+/d").doesNotContain("+/c");
        }
    }

    private String kind(Mirror.Difference difference) {
        String sign = difference.created() ? "+" : difference.deleted() ? "-" : "~";
        return sign + difference.path().substring(root.length());
    }

    @Test
    void aMirrorFollowsIntoTheNextSession() throws Exception {
        try (Mirror mirror = Mirror.open(coordinator, root + "/late", 2, (now, all) -> {})) {
            assertThat(mirror.awaitComplete(SOON)).isTrue();
            assertThat(mirror.now()).isEmpty();
            Session first = coordinator.session();
            Service.expire(client);
            await().atMost(SOON).until(() -> !first.live());
            znodes.ensure(root + "/late/x/y/z");
            await().atMost(SOON).until(() -> mirror.get(root + "/late/x/y").isPresent());
            assertThat(mirror.get(root + "/late/x/y/z")).as("below its depth").isEmpty();
            znodes.commit(new Transaction().put(root + "/late/x/y", Bytes.utf8("1"), 0));
            await().atMost(SOON).until(() -> mirror.get(root + "/late/x/y").get().version() == 1);
        }
    }

    @Test
    void aListenerThatThrowsStopsNothing() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Mirror mirror =
                Mirror.open(
                        coordinator,
                        root,
                        1,
                        (now, differences) -> {
                            calls.incrementAndGet();
                            throw new IllegalStateException("thrown on purpose");
                        })) {
            assertThat(mirror.awaitComplete(SOON)).isTrue();
            znodes.commit(new Transaction().create(root + "/a", Bytes.NONE));
            await().atMost(SOON).until(() -> calls.get() >= 2);
        }
    }

    @Test
    void callsFailInBoundedTimeWhenThereIsNoService() throws Exception {
        proxy.cut();
        try (Coordinator alone =
                Coordinator.connect(proxy.connectString(), Duration.ofMillis(300))) {
            assertThatThrownBy(() -> alone.znodes().read(root))
                    .isInstanceOf(CoordinationException.class);
            assertThatThrownBy(alone::session)
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageContaining("no session within");
        }
    }

    @Test
    void aNamespaceIsHonoured() throws Exception {
        CuratorFramework spaced = client.usingNamespace(root.substring(1));
        try (Coordinator inside = Coordinator.over(spaced)) {
            inside.znodes().ensure("/x/y");
            assertThat(znodes.read(root + "/x/y")).isPresent();
            try (Mirror mirror = Mirror.open(inside, "/x", 1, (now, all) -> {})) {
                assertThat(mirror.awaitComplete(SOON)).isTrue();
                znodes.commit(new Transaction().create(root + "/x/z", Bytes.NONE));
                await().atMost(SOON).until(() -> mirror.get("/x/z").isPresent());
            }
        }
    }
}
