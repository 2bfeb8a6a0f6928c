package org.quorate.net;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all clients together have under way, and how much that may be, of all and of each. Any
 * thread.
 *
 * <p>The requests that may be under way are shared out evenly among the parties that have asked for
 * something {@link Lately} or have some, and the share of each among its links that have: what
 * waits in front of a request in the core is then not much more than what each other may ask for
 * too, however much one of them sends, and on however many connections. Who is alone may have all.
 */
final class UnderWay {
    /** A party's share is never less. */
    static final int SHARE_MIN = 32;

    private final int requestsMax;
    private final long bytesMax;
    private final ConcurrentHashMap<Object, Party> parties = new ConcurrentHashMap<>();
    private final Lately asking = new Lately();
    private final AtomicInteger busy = new AtomicInteger();
    private final Lately heard = new Lately();
    private final int loops;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final long largeBytesMax;
    private final AtomicLong largeBytes = new AtomicLong();
    private final LongAdder rejected = new LongAdder();

    /** What one link has under way. Owned by its loop. */
    static final class Account {
        private Party party;
        private int requests;
        private long askedIn;
        private long heardIn;

        private Account(Party party) {
            this.party = party;
        }

        int requests() {
            return requests;
        }

        Party party() {
            return party;
        }
    }

    /**
     * @param loops how many event loops there are
     */
    UnderWay(ClientEdgeOptions.Requests limits, int loops) {
        this.loops = loops;
        this.requestsMax = limits.max();
        this.bytesMax = limits.bytesMax();
        this.largeBytesMax = limits.largeBytesMax();
    }

    /** A link is there. */
    Account open(Object partyName) {
        return new Account(enter(partyName));
    }

    /** It belongs to another party from now on. */
    void move(Account account, Object partyName) {
        Party before = account.party;
        if (!before.name().equals(partyName)) {
            int requests = account.requests;
            add(account, -requests);
            account.party = enter(partyName);
            account.askedIn = 0;
            account.heardIn = 0;
            add(account, requests);
            leave(before);
        }
    }

    /** It is gone, and with it what it had under way. */
    void close(Account account) {
        add(account, -account.requests);
        leave(account.party);
    }

    private Party enter(Object name) {
        return parties.compute(
                name,
                (same, known) -> {
                    Party party = known == null ? new Party(name, loops) : known;
                    party.members++;
                    return party;
                });
    }

    private void leave(Party party) {
        parties.computeIfPresent(
                party.name(), (same, known) -> --known.members == 0 ? null : known);
    }

    /** Takes a large request in, if there is room for it beside the others. */
    boolean admitsLarge(int length) {
        if (largeBytes.addAndGet(length) <= largeBytesMax) {
            return true;
        }
        largeBytes.addAndGet(-length);
        rejected.increment();
        return false;
    }

    /** A large request is answered. */
    void largeDone(int length) {
        largeBytes.addAndGet(-length);
    }

    /** Large requests for which there was no room. */
    long rejected() {
        return rejected.sum();
    }

    int requests() {
        return requests.get();
    }

    /**
     * A link has frames to be looked at.
     *
     * @return whether any other party has had some lately
     */
    boolean isHeardAmongOthers(Account account, long nowNanos) {
        long window = Lately.window(nowNanos);
        if (account.heardIn != window) {
            account.heardIn = window;
            if (account.party.isHeardAnew(window)) {
                heard.more(window);
            }
        }
        return heard.count(window) > 1;
    }

    /** How many more requests a link may hand on; none while there are too many bytes. */
    int requestRoom(Account account, long nowNanos) {
        if (bytes.get() >= bytesMax) {
            return 0;
        }
        Party party = account.party;
        long window = Lately.window(nowNanos);
        if (account.askedIn != window) {
            account.askedIn = window;
            party.links().more(window);
            if (party.asksAnew(window)) {
                asking.more(window);
            }
        }
        int waiting = busy.get() + (party.busy().get() == 0 ? 1 : 0);
        int all = Math.max(asking.count(window), waiting);
        int ofParty = Math.max(SHARE_MIN, requestsMax / all);
        int busyLinks = party.busy().get() + (account.requests == 0 ? 1 : 0);
        int links = Math.max(party.links().count(window), busyLinks);
        int ofLink = Math.max(1, ofParty / links);
        int room = Math.min(ofLink - account.requests, ofParty - party.requests().get());
        return Math.max(0, Math.min(room, requestsMax - requests.get()));
    }

    /** A link has handed on, or has been answered, requests. */
    void add(Account account, int more) {
        if (more == 0) {
            return;
        }
        Party party = account.party;
        int before = account.requests;
        account.requests += more;
        party.requests().addAndGet(more);
        requests.addAndGet(more);
        if (before == 0 && party.busy().incrementAndGet() == 1) {
            busy.incrementAndGet();
        } else if (account.requests == 0 && party.busy().decrementAndGet() == 0) {
            busy.decrementAndGet();
        }
    }

    /** Bytes more, or less, are under way. */
    void addBytes(long more) {
        if (more != 0) {
            bytes.addAndGet(more);
        }
    }
}
