package org.quorate.replica;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * As leader: sessions that are bound to their connection, have lost it and are not back yet. Owned
 * by the core thread.
 */
final class Disconnections {
    private record Loss(Session session, long endNanos) {}

    /** By time; entries of sessions that came back meanwhile are passed over. */
    private final PriorityQueue<Loss> losses =
            new PriorityQueue<>(
                    Comparator.comparingLong(Loss::endNanos)
                            .thenComparingLong(l -> l.session().id));

    /** The connection of a session has gone: it ends at {@code endNanos} unless it comes back. */
    void add(Session session, long endNanos) {
        session.endNanos = endNanos;
        losses.add(new Loss(session, endNanos));
    }

    /** The session has a connection again. */
    static void back(Session session) {
        session.endNanos = Session.NO_END;
    }

    /**
     * The next session that did not come back in time, or null.
     *
     * @param nowNanos never smaller than in an earlier call
     */
    @Nullable Session nextOver(long nowNanos) {
        for (Loss loss = losses.peek();
                loss != null && loss.endNanos() <= nowNanos;
                loss = losses.peek()) {
            losses.remove();
            if (loss.session().endNanos == loss.endNanos()) {
                back(loss.session());
                return loss.session();
            }
        }
        return null;
    }

    /** This server stood still: nobody could have been seen to come back. */
    void heldBack(long nanos) {
        List<Loss> all = new ArrayList<>(losses);
        losses.clear();
        for (Loss loss : all) {
            if (loss.session().endNanos == loss.endNanos()) {
                add(loss.session(), loss.endNanos() + nanos);
            }
        }
    }

    /** The term is over. */
    void clear() {
        for (Loss loss : losses) {
            back(loss.session());
        }
        losses.clear();
    }
}
