package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at the service: no retry, no resolution of lost answers. A port between a {@link
 * Coordinator} and where it lives; users of the toolkit go through {@link Znodes}.
 *
 * <p>Safe for many threads. Calls block. A {@link KeeperException} tells that the service could not
 * be asked or refused for a reason other than those of {@link Outcome.Reason}.
 */
public interface Link {
    /** The session that the next call will use; 0 while there is none. */
    long sessionId();

    /** The znode, or empty if there is none. */
    Optional<Znode> get(String path) throws KeeperException, InterruptedException;

    /** {@link #get} for many paths at once, in their order. */
    List<Optional<Znode>> getAll(List<String> paths) throws KeeperException, InterruptedException;

    /** Names of the children in no order, or empty if the znode is not there. */
    Optional<List<String>> list(String path) throws KeeperException, InterruptedException;

    /** Returns when this server has seen what the leader had seen when asked. */
    void sync(String path) throws KeeperException, InterruptedException;

    /**
     * Carries the changes out together.
     *
     * @param sessionId that must carry it out; 0 for any. With another one current it throws {@link
     *     KeeperException.SessionExpiredException} and nothing happens
     */
    Outcome multi(long sessionId, List<Change> changes)
            throws KeeperException, InterruptedException;

    /**
     * From now on, as long as this session lives, {@code changed} gets the path of each znode at or
     * below {@code path} that is created, written or deleted. It must not block. Changes while the
     * connection is lost are not told: look at everything again when it is back.
     *
     * @return the session that the watch belongs to
     */
    long watch(String path, Consumer<String> changed) throws KeeperException, InterruptedException;

    /**
     * How long the server that answers lets this session outlive its connection: zero if for all of
     * its timeout, null if it offers nothing else.
     */
    @Nullable Duration reconnectGrace(long sessionId) throws KeeperException, InterruptedException;

    /** Asks that server, which must have offered it, to end the session so soon. */
    void bindToConnection(long sessionId, Duration grace)
            throws KeeperException, InterruptedException;

    /** Ends what {@link #watch} began. Never fails. */
    void unwatch(String path, Consumer<String> changed);
}
