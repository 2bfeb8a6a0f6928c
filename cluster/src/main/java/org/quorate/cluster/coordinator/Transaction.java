package org.quorate.cluster.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes that happen together or not at all. A builder for one thread; it is read once by {@link
 * Znodes#commit}.
 *
 * <p><b>When the answer is lost</b> the transaction may have happened. {@link Znodes#commit} then
 * looks before it tries again: at what the transaction would have left behind (a znode with this
 * data, owned by this session; a version moved on by one with this data), or, after {@link
 * #withReceipt}, at a number that the transaction itself wrote. The first way costs nothing and is
 * enough where a created znode carries a nonce or belongs to the session, and where writing the
 * same data twice does no harm. The second is exact as long as the session lives, whatever others
 * have done to those znodes since.
 */
public final class Transaction {
    /** Accepts every version. */
    public static final int ANY_VERSION = -1;

    /** Most data in all; the service takes a little over 1 MB with the paths. */
    public static final int DATA_BYTES_MAX = 768 * 1024;

    /** Most changes. */
    public static final int CHANGES_MAX = 4_096;

    private final List<Change> changes = new ArrayList<>();
    private @Nullable Session session;
    private boolean receipt;
    private int dataBytes;

    /** A transaction that any session of this process may carry out. */
    public Transaction() {}

    /**
     * A transaction that only {@code session} can carry out: once that session has ended it fails,
     * for certain and for ever. Needed for {@link #createEphemeral}.
     */
    public static Transaction in(Session session) {
        Transaction transaction = new Transaction();
        transaction.session = session;
        return transaction;
    }

    /** Creates a znode that outlives sessions. */
    public Transaction create(String path, Bytes data) {
        return add(new Change.Create(path, data, false, false), data);
    }

    /**
     * Creates a znode that dies with the session of this transaction.
     *
     * @throws IllegalStateException if this transaction was not made by {@link #in}
     */
    public Transaction createEphemeral(String path, Bytes data) {
        return add(new Change.Create(path, data, true, false), data);
    }

    /**
     * Creates a znode to whose name the service appends a ten-digit number, larger than that of
     * every znode created so under the same parent before.
     *
     * @param uniquePath contains a nonce: no other creation uses it
     */
    public Transaction createSequential(String uniquePath, Bytes data) {
        return add(new Change.Create(uniquePath, data, false, true), data);
    }

    /** {@link #createSequential} of a znode that dies with the session of this transaction. */
    public Transaction createEphemeralSequential(String uniquePath, Bytes data) {
        return add(new Change.Create(uniquePath, data, true, true), data);
    }

    /** Writes {@code data} if the znode is at {@code version}. */
    public Transaction put(String path, Bytes data, int version) {
        return add(new Change.Put(path, data, version), data);
    }

    /** Deletes the znode if it is at {@code version}. */
    public Transaction delete(String path, int version) {
        return add(new Change.Delete(path, version), Bytes.NONE);
    }

    /** Lets the transaction happen only if the znode is at {@code version}. */
    public Transaction check(String path, int version) {
        return add(new Change.Check(path, version), Bytes.NONE);
    }

    /** Asks for an exact answer after a lost one, for the price of one more change. */
    public Transaction withReceipt() {
        receipt = true;
        return this;
    }

    /** The changes so far, in order. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Data in all, so that a caller can cut in time. */
    public int dataBytes() {
        return dataBytes;
    }

    Optional<Session> session() {
        return Optional.ofNullable(session);
    }

    boolean wantsReceipt() {
        return receipt;
    }

    private Transaction add(Change change, Bytes data) {
        Paths.check(change.path());
        if (change instanceof Change.Create create && create.ephemeral() && session == null) {
            throw new IllegalStateException(
                    "an ephemeral znode needs a session, use Transaction.in: " + change.path());
        }
        if (changes.size() == CHANGES_MAX) {
            throw new IllegalArgumentException(
                    "more than " + CHANGES_MAX + " changes in one transaction");
        }
        if (dataBytes + data.size() > DATA_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "more than "
                            + DATA_BYTES_MAX
                            + " bytes of data in one transaction at "
                            + change.path());
        }
        changes.add(change);
        dataBytes += data.size();
        return this;
    }
}
