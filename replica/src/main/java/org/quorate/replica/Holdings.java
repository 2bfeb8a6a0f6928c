package org.quorate.replica;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;

/**
 * What users and addresses hold at this server, and what is held below listed paths, against what
 * they may. Keeps nothing of those without limits. Owned by the core thread.
 */
final class Holdings {
    /** From so many holders on those that hold nothing are looked for, whenever they double. */
    private static final int SWEPT_MIN = 1_000;

    private final ShareOptions user;
    private final ShareOptions address;
    private final LongPredicate lives;
    private final Map<Id, Holder> users = new HashMap<>();
    private final Map<String, Holder> addresses = new HashMap<>();
    private final List<Below> paths;
    private int sweepAt = SWEPT_MIN;

    /** Watches at and below a path. */
    private static final class Below {
        private final byte[] prefix;
        private final int watchesMax;
        private int watches;

        Below(String prefix, int watchesMax) {
            this.prefix =
                    prefix.equals("/") ? new byte[0] : prefix.getBytes(StandardCharsets.UTF_8);
            this.watchesMax = watchesMax;
        }

        boolean contains(Slice path) {
            if (path.length() < prefix.length) {
                return false;
            }
            int end = path.from() + prefix.length;
            return Arrays.equals(path.array(), path.from(), end, prefix, 0, prefix.length)
                    && (path.length() == prefix.length || path.at(prefix.length) == '/');
        }
    }

    Holdings(ReplicaOptions options, DataTree tree, Sessions sessions) {
        this.user = options.userShare();
        this.address = options.addressShare();
        PathShare share = options.pathShare();
        this.paths =
                share.isNone()
                        ? List.of()
                        : share.prefixes().stream()
                                .map(prefix -> new Below(prefix, share.watches()))
                                .toList();
        this.lives = id -> tree.hasSession(id) || sessions.find(id) != null;
    }

    /** Are watches to be counted? */
    boolean countsWatches() {
        return user.watches() > 0 || address.watches() > 0 || !paths.isEmpty();
    }

    /**
     * A connection is there; its address, and whoever it has proven to be by its certificate, hold
     * one more.
     *
     * @return false if that is one too many
     */
    boolean opened(Connection connection) {
        if (!address.isNone()) {
            Holder holder = holder(addresses, connection.address(), address);
            holder.connected(1);
            connection.byAddress = holder;
        }
        return becomes(connection, connection.user());
    }

    void closed(Connection connection) {
        move(connection.byAddress, -1, -connection.watches);
        move(connection.byUser, -1, -connection.watches);
        connection.byAddress = null;
        connection.byUser = null;
        connection.watches = 0;
    }

    /**
     * A connection has proven who it is: what it holds is that user's from now on.
     *
     * @return false if that is more than the user may hold; then the connection is to be ended
     */
    boolean becomes(Connection connection, @Nullable Id who) {
        Holder before = connection.byUser;
        Holder now = user.isNone() || who == null ? null : holder(users, who, user);
        if (now == before) {
            return true;
        }
        move(before, -1, -connection.watches);
        connection.byUser = null;
        Session session = connection.session;
        if (before != null && session != null) {
            before.lost(session.id);
        }
        if (now == null) {
            return true;
        }
        boolean may =
                now.mayConnect()
                        && (session == null || now.mayHaveSession(session.id, lives))
                        && (connection.watches == 0 || now.mayWatch());
        now.connected(1);
        now.watches(connection.watches);
        connection.byUser = now;
        if (may && session != null) {
            now.opened(session.id);
        }
        return may;
    }

    private static void move(@Nullable Holder holder, int connections, int watches) {
        if (holder != null) {
            holder.connected(connections);
            holder.watches(watches);
        }
    }

    boolean mayOpenSession(Connection connection) {
        Holder here = connection.byAddress;
        Holder who = connection.byUser;
        return (here == null || here.mayHaveSession(0, lives))
                && (who == null || who.mayHaveSession(0, lives));
    }

    void opened(Connection connection, long sessionId) {
        if (connection.byAddress != null) {
            connection.byAddress.opened(sessionId);
        }
        if (connection.byUser != null) {
            connection.byUser.opened(sessionId);
        }
    }

    boolean mayWatch(Connection connection, Slice path) {
        Holder here = connection.byAddress;
        Holder who = connection.byUser;
        return (here == null || here.mayWatch())
                && (who == null || who.mayWatch())
                && (paths.isEmpty() || mayWatch(path));
    }

    private boolean mayWatch(Slice path) {
        for (Below below : paths) {
            if (below.watches >= below.watchesMax && !path.isNull() && below.contains(path)) {
                return false;
            }
        }
        return true;
    }

    /** A connection has a watch more or less. */
    void watches(Connection connection, Slice path, int more) {
        for (Below below : paths) {
            below.watches += below.contains(path) ? more : 0;
        }
        connection.watches += more;
        move(connection.byAddress, 0, more);
        move(connection.byUser, 0, more);
    }

    private <K> Holder holder(Map<K, Holder> holders, K key, ShareOptions may) {
        Holder known = holders.get(key);
        if (known != null) {
            return known;
        }
        if (users.size() + addresses.size() >= sweepAt) {
            users.values().removeIf(holder -> holder.isIdle(lives));
            addresses.values().removeIf(holder -> holder.isIdle(lives));
            sweepAt = Math.max(SWEPT_MIN, 2 * (users.size() + addresses.size()));
        }
        Holder made = new Holder(may);
        holders.put(key, made);
        return made;
    }
}
