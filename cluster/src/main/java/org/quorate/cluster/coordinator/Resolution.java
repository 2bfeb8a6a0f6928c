package org.quorate.cluster.coordinator;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.quorate.cluster.coordinator.Outcome.Written;

/**
 * Finds out by looking whether a transaction whose answer was lost has happened.
 *
 * <p>The look comes after a {@code sync} on a connection that stands again. By then a request that
 * was still on its way over the old connection has been carried out or will be refused, because the
 * service ties a session to its newest connection; so "not there" means "will not happen".
 */
final class Resolution {
    enum Verdict {
        HAPPENED,
        DID_NOT_HAPPEN,
        /** Others have written since; the traces are gone. */
        CANNOT_TELL
    }

    /** What was found; {@code written} only if it happened. */
    record Finding(Verdict verdict, List<Written> written) {}

    private final Link link;
    private final long sessionId;

    /** Looks for traces of a transaction that {@code sessionId} (0 for any) carried out. */
    Resolution(Link link, long sessionId) {
        this.link = link;
        this.sessionId = sessionId;
    }

    /**
     * Judges by the receipt, which is one of the changes: exact while the session that wrote it
     * lives. After that only a name with a nonce in it can still say yes, and nothing can say no.
     */
    Finding byReceipt(Change.Put receipt, List<Change> changes)
            throws KeeperException, InterruptedException {
        link.sync(receipt.path());
        Optional<Znode> found = link.get(receipt.path());
        if (found.isEmpty()) {
            return byNonce(changes);
        }
        if (!found.get().data().equals(receipt.data())) {
            return new Finding(Verdict.DID_NOT_HAPPEN, List.of());
        }
        return new Finding(Verdict.HAPPENED, traces(changes, found.get().modifiedZxid()));
    }

    private Finding byNonce(List<Change> changes) throws KeeperException, InterruptedException {
        for (Change change : changes) {
            if (change instanceof Change.Create create
                    && create.sequential()
                    && traceOf(create).isPresent()) {
                return new Finding(Verdict.HAPPENED, traces(changes, Written.UNKNOWN));
            }
        }
        return new Finding(Verdict.CANNOT_TELL, List.of());
    }

    private List<Written> traces(List<Change> changes, long zxid)
            throws KeeperException, InterruptedException {
        List<Written> written = new ArrayList<>();
        for (Change change : changes) {
            written.add(traceOf(change).map(z -> fromTrace(z, zxid)).orElse(unknown(change, zxid)));
        }
        return written;
    }

    /**
     * Judges by what the changes would have left behind. A created znode or a version moved on
     * tells the most, because only this transaction leaves it; an absent znode or equal data, which
     * others could have brought about, count only where there is nothing better.
     */
    Finding byTraces(List<Change> changes) throws KeeperException, InterruptedException {
        link.sync("/");
        List<Written> written = new ArrayList<>();
        EnumSet<Verdict> strong = EnumSet.noneOf(Verdict.class);
        boolean weakDeleteUndone = false;
        boolean weakPutUndone = false;
        boolean deletes = false;
        for (Change change : changes) {
            Optional<Znode> trace = traceOf(change);
            written.add(
                    trace.map(z -> fromTrace(z, Written.UNKNOWN))
                            .orElse(unknown(change, Written.UNKNOWN)));
            if (change instanceof Change.Delete) {
                deletes = true;
                weakDeleteUndone |= trace.isPresent() && !anothers(trace.get());
            } else if (change instanceof Change.Put put
                    && put.version() == Transaction.ANY_VERSION) {
                weakPutUndone |= trace.isEmpty() || !trace.get().data().equals(put.data());
            } else if (!(change instanceof Change.Check)) {
                strong.add(judge(change, trace));
            }
        }
        Verdict verdict;
        if (!strong.isEmpty()) {
            verdict = strongest(strong);
        } else {
            boolean undone = deletes ? weakDeleteUndone : weakPutUndone;
            verdict = undone ? Verdict.DID_NOT_HAPPEN : Verdict.HAPPENED;
        }
        return new Finding(verdict, verdict == Verdict.HAPPENED ? written : List.of());
    }

    /** All or nothing: one sure trace speaks for the rest. */
    private static Verdict strongest(EnumSet<Verdict> verdicts) {
        if (verdicts.contains(Verdict.HAPPENED)) {
            return Verdict.HAPPENED;
        }
        return verdicts.contains(Verdict.DID_NOT_HAPPEN)
                ? Verdict.DID_NOT_HAPPEN
                : Verdict.CANNOT_TELL;
    }

    private Verdict judge(Change change, Optional<Znode> trace) {
        if (change instanceof Change.Create create) {
            return judgeCreate(create, trace);
        }
        Change.Put put = (Change.Put) change;
        if (trace.isEmpty()) {
            return Verdict.CANNOT_TELL;
        }
        boolean sameData = trace.get().data().equals(put.data());
        int moved = trace.get().version() - put.version();
        if (moved == 1) {
            return sameData ? Verdict.HAPPENED : Verdict.DID_NOT_HAPPEN;
        }
        return moved == 0 ? Verdict.DID_NOT_HAPPEN : Verdict.CANNOT_TELL;
    }

    private Verdict judgeCreate(Change.Create create, Optional<Znode> trace) {
        if (trace.isEmpty()) {
            return Verdict.DID_NOT_HAPPEN;
        }
        Znode found = trace.get();
        if (create.sequential()) {
            return Verdict.HAPPENED; // Nobody else creates with this nonce.
        }
        if (create.ephemeral()) {
            return found.ownerSession() == sessionId ? Verdict.HAPPENED : Verdict.DID_NOT_HAPPEN;
        }
        if (found.version() > 0) {
            return Verdict.CANNOT_TELL; // What it was created with has been written over.
        }
        return found.data().equals(create.data()) ? Verdict.HAPPENED : Verdict.DID_NOT_HAPPEN;
    }

    /** Whether somebody else has put a znode of his own where ours was. */
    private boolean anothers(Znode found) {
        return sessionId != 0 && found.ephemeral() && found.ownerSession() != sessionId;
    }

    private Optional<Znode> traceOf(Change change) throws KeeperException, InterruptedException {
        if (change instanceof Change.Create create && create.sequential()) {
            String parent = Paths.parent(create.path());
            String prefix = create.path().substring(create.path().lastIndexOf('/') + 1);
            Optional<List<String>> names = link.list(parent);
            for (String name : names.orElse(List.of())) {
                if (name.startsWith(prefix)) {
                    return link.get(Paths.join(parent, name));
                }
            }
            return Optional.empty();
        }
        return link.get(change.path());
    }

    private static Written fromTrace(Znode znode, long zxid) {
        return new Written(znode.path(), znode.version(), zxid);
    }

    private static Written unknown(Change change, long zxid) {
        return new Written(change.path(), Written.UNKNOWN, zxid);
    }
}
