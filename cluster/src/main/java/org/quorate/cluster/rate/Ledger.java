package org.quorate.cluster.rate;

import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * A token bucket on paper. Immutable.
 *
 * <p>Time is what the writer took for the service's time. It may have been early, which loses
 * nothing: the next refill counts from there. If it was ahead of the service's own stamp on that
 * write, the stamp counts.
 *
 * @param perSecond refill, positive
 * @param burst the most that gathers, at least 1
 * @param tokens what was left at {@code asOfMillis}
 * @param asOfMillis the service's wall time, as the writer knew it
 */
record Ledger(double perSecond, double burst, double tokens, long asOfMillis) {
    Ledger {
        if (!(perSecond > 0) || !(burst >= 1)) {
            throw new IllegalArgumentException(perSecond + " per second with bursts of " + burst);
        }
    }

    /** Refilled up to {@code nowMillis}; unchanged if that is not later. */
    Ledger at(long nowMillis) {
        long passedMillis = nowMillis - asOfMillis;
        if (passedMillis <= 0) {
            return this;
        }
        double more = tokens + perSecond * passedMillis / 1_000;
        return new Ledger(perSecond, burst, Math.min(burst, more), nowMillis);
    }

    /** How many whole tokens of {@code wish} can be had. */
    long available(long wish) {
        return Math.max(0, Math.min(wish, (long) Math.floor(tokens)));
    }

    /** With {@code count} fewer. */
    Ledger take(long count) {
        return new Ledger(perSecond, burst, tokens - (double) count, asOfMillis);
    }

    /** With another speed. */
    Ledger rates(double newPerSecond, double newBurst) {
        return new Ledger(newPerSecond, newBurst, Math.min(tokens, newBurst), asOfMillis);
    }

    /** How long until a whole token is there, in nanoseconds. */
    long nanosUntilOne() {
        return (long) Math.max(0, (1 - tokens) / perSecond * 1e9);
    }

    Bytes write() {
        return Bytes.utf8(
                Json.Obj.EMPTY
                        .with("perSecond", Json.of(perSecond))
                        .with("burst", Json.of(burst))
                        .with("tokens", Json.of(tokens))
                        .with("asOfMillis", Json.of(asOfMillis))
                        .toString());
    }

    static Ledger read(Znode znode) throws MalformedJsonException {
        Json.Obj json = Json.parseObject(znode.data().text());
        try {
            return new Ledger(
                    json.real("perSecond", 0),
                    json.real("burst", 0),
                    json.real("tokens", 0),
                    Math.min(json.number("asOfMillis", 0), znode.modifiedMillis()));
        } catch (IllegalArgumentException impossible) {
            throw new MalformedJsonException(String.valueOf(impossible.getMessage()));
        }
    }
}
