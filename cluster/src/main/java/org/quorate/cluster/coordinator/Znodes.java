package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and transactions that outlast a lost connection. Calls block, at most for the coordinator's
 * patience beyond what the service itself takes. Safe for many threads. Not to be called from a
 * watch.
 *
 * <p>Reads may be as stale as ZooKeeper's: call {@link #sync} first where that matters. If a call
 * is interrupted while a transaction is under way, its fate is unknown.
 */
public final class Znodes {
    private static final Logger LOG = LoggerFactory.getLogger(Znodes.class);

    private final Coordinator coordinator;
    private final Host host;
    private final Link link;
    private final long patienceNanos;
    private final Receipts receipts;

    Znodes(Coordinator coordinator, Host host, Duration patience) {
        this.coordinator = coordinator;
        this.host = host;
        this.link = host.link();
        this.patienceNanos = patience.toNanos();
        this.receipts = new Receipts(link);
    }

    /** The znode, or empty if there is none. */
    public Optional<Znode> read(String path) throws CoordinationException, InterruptedException {
        return persistently("read " + path, () -> link.get(Paths.check(path)));
    }

    /** {@link #read} for many paths in one round, in their order. */
    public List<Optional<Znode>> readAll(List<String> paths)
            throws CoordinationException, InterruptedException {
        if (paths.isEmpty()) {
            return List.of();
        }
        return persistently("read " + paths.size() + " znodes", () -> link.getAll(paths));
    }

    /** Names of the children, in no order, or empty if the znode is not there. */
    public Optional<List<String>> children(String path)
            throws CoordinationException, InterruptedException {
        return persistently("list " + path, () -> link.list(Paths.check(path)));
    }

    /** After this a read sees at least what the leader had committed when it was called. */
    public void sync(String path) throws CoordinationException, InterruptedException {
        persistently(
                "sync " + path,
                () -> {
                    link.sync(Paths.check(path));
                    return true;
                });
    }

    /** Creates {@code path} and what is missing above it, persistent and empty. */
    public void ensure(String path) throws CoordinationException, InterruptedException {
        List<String> missing = new ArrayList<>();
        String at = Paths.check(path);
        while (!at.equals("/") && read(at).isEmpty()) {
            missing.add(at);
            at = Paths.parent(at);
        }
        for (int i = missing.size() - 1; i >= 0; i--) {
            Outcome outcome = commit(new Transaction().create(missing.get(i), Bytes.NONE));
            if (!outcome.done() && !outcome.refusedFor(Outcome.Reason.EXISTS)) {
                throw new CoordinationException(
                        Fate.DID_NOT_HAPPEN, "cannot create " + missing.get(i) + ": " + outcome);
            }
        }
    }

    /**
     * Carries out {@code transaction} once, or learns why it cannot be. A lost answer is looked up.
     *
     * @throws SessionEndedException if it is tied to a session that has ended
     * @throws CoordinationException if the service cannot be reached in time; {@link
     *     CoordinationException#fate} tells what may be assumed
     */
    public Outcome commit(Transaction transaction)
            throws CoordinationException, InterruptedException {
        if (transaction.changes().isEmpty()) {
            return new Outcome.Done(List.of());
        }
        Session session = transaction.session().orElse(null);
        if (transaction.wantsReceipt()) {
            return commitWithReceipt(transaction, session);
        }
        return new Commit(transaction.changes(), session, null).run();
    }

    private Outcome commitWithReceipt(Transaction transaction, @Nullable Session demanded)
            throws CoordinationException, InterruptedException {
        Retry retry = new Retry();
        while (true) {
            Session session = demanded != null ? demanded : coordinator.session();
            try {
                return commitWithReceipt(transaction.changes(), session);
            } catch (SessionEndedException ended) {
                boolean another = demanded == null && ended.fate() == Fate.DID_NOT_HAPPEN;
                if (!another || retry.exhausted()) {
                    throw ended;
                }
                retry.pause();
            }
        }
    }

    private Outcome commitWithReceipt(List<Change> wanted, Session session)
            throws CoordinationException, InterruptedException {
        String path =
                persistently(
                        "prepare a receipt",
                        () -> {
                            if (!session.live()) {
                                throw new SessionEndedException(Fate.DID_NOT_HAPPEN, session.id());
                            }
                            return receipts.take(session.id());
                        });
        Bytes number = Bytes.utf8(coordinator.nonce());
        Change.Put put = new Change.Put(path, number, Transaction.ANY_VERSION);
        List<Change> changes = new ArrayList<>(wanted);
        changes.add(put);
        Outcome outcome = new Commit(changes, session, put).run();
        receipts.giveBack(session.id(), path);
        if (outcome instanceof Outcome.Done done) {
            return new Outcome.Done(done.written().subList(0, wanted.size()));
        }
        return outcome;
    }

    /** One transaction on its way through attempts and looks. */
    private final class Commit {
        private final List<Change> changes;
        private final @Nullable Session session;
        private final Change.@Nullable Put receipt;
        private final long sessionId;
        private final Retry retry = new Retry();
        private boolean answerLost;

        Commit(List<Change> changes, @Nullable Session session, Change.@Nullable Put receipt) {
            this.changes = changes;
            this.session = session;
            this.receipt = receipt;
            this.sessionId = session == null ? 0 : session.id();
        }

        Outcome run() throws CoordinationException, InterruptedException {
            while (true) {
                try {
                    if (answerLost) {
                        Optional<Outcome> known = look();
                        if (known.isPresent()) {
                            return known.get();
                        }
                        answerLost = false;
                    }
                    return attempt();
                } catch (KeeperException failed) {
                    afterFailure(failed);
                }
            }
        }

        private Outcome attempt()
                throws KeeperException, CoordinationException, InterruptedException {
            if (session != null && !session.live()) {
                throw new SessionEndedException(Fate.DID_NOT_HAPPEN, sessionId);
            }
            long sentNanos = host.nanoTime();
            Outcome outcome;
            try {
                outcome = link.multi(sessionId, changes);
            } catch (KeeperException failed) {
                answerLost = answerMayBeLost(failed);
                throw failed;
            }
            if (session != null) {
                session.proven(sentNanos);
            }
            return outcome;
        }

        /** What is known after a lost answer; empty if it did not happen and may be tried again. */
        private Optional<Outcome> look()
                throws KeeperException, CoordinationException, InterruptedException {
            Resolution resolution = new Resolution(link, sessionId);
            Resolution.Finding finding =
                    receipt == null
                            ? resolution.byTraces(changes)
                            : resolution.byReceipt(receipt, changes);
            LOG.debug("answer lost, found {} for {}", finding.verdict(), changes.get(0).path());
            switch (finding.verdict()) {
                case HAPPENED:
                    return Optional.of(new Outcome.Done(finding.written()));
                case DID_NOT_HAPPEN:
                    return Optional.empty();
                case CANNOT_TELL:
                    throw new CoordinationException(
                            Fate.UNKNOWN,
                            "the answer to a transaction at "
                                    + changes.get(0).path()
                                    + " was lost, and its traces are gone");
            }
            throw new IllegalStateException("verdict " + finding.verdict());
        }

        private void afterFailure(KeeperException failed)
                throws CoordinationException, InterruptedException {
            boolean sessionGone = session != null && !session.live();
            if (sessionGone && !answerLost) {
                throw new SessionEndedException(Fate.DID_NOT_HAPPEN, sessionId);
            }
            if (!isTransient(failed) || retry.exhausted()) {
                throw new CoordinationException(
                        answerLost ? Fate.UNKNOWN : Fate.DID_NOT_HAPPEN,
                        "transaction at " + changes.get(0).path() + ": " + failed.getMessage(),
                        failed);
            }
            retry.pause();
        }
    }

    private <T> T persistently(String what, Attempt<T> attempt)
            throws CoordinationException, InterruptedException {
        Retry retry = new Retry();
        while (true) {
            try {
                return attempt.run();
            } catch (KeeperException failed) {
                if (!isTransient(failed) || retry.exhausted()) {
                    throw new CoordinationException(
                            Fate.DID_NOT_HAPPEN, what + ": " + failed.getMessage(), failed);
                }
                retry.pause();
            }
        }
    }

    /** Patience for one call. */
    private final class Retry {
        private final long deadlineNanos = host.nanoTime() + patienceNanos;
        private int failures;

        boolean exhausted() {
            return coordinator.closed() || host.nanoTime() - deadlineNanos >= 0;
        }

        void pause() throws InterruptedException {
            host.sleep(Backoff.DEFAULT.delayNanos(++failures, host.random()));
        }
    }

    private interface Attempt<T> {
        T run() throws KeeperException, CoordinationException, InterruptedException;
    }

    private static boolean isTransient(KeeperException failed) {
        switch (failed.code()) {
            case CONNECTIONLOSS:
            case OPERATIONTIMEOUT:
            case REQUESTTIMEOUT:
            case SESSIONEXPIRED:
            case SESSIONMOVED:
            case THROTTLEDOP:
                return true;
            default:
                return false;
        }
    }

    /**
     * Codes after which the service may have carried the request out. An expired session is none of
     * them: it says that the request was refused, or never sent.
     */
    private static boolean answerMayBeLost(KeeperException failed) {
        switch (failed.code()) {
            case CONNECTIONLOSS:
            case OPERATIONTIMEOUT:
            case REQUESTTIMEOUT:
                return true;
            default:
                return false;
        }
    }
}
