package org.quorate.cluster.member;

import java.util.ArrayList;
import java.util.List;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * A member's past, written by the member itself when it joins and when it leaves: into a znode that
 * stays, for its next incarnation, and into its live one, for everybody to see. All times are the
 * service's: the time of the newest loss is not in the data but is when that data was first
 * written.
 *
 * @param left whether it has announced its departure
 * @param lossMillis when it came back from each loss, ascending, the newest {@link #LOSSES_MAX}
 */
record History(boolean left, List<Long> lossMillis) {
    static final int LOSSES_MAX = 32;
    static final History NONE = new History(true, List.of());

    History {
        lossMillis = List.copyOf(lossMillis);
    }

    /** What a join adds to {@code json}: it is there; if it had not left before, this is a loss. */
    Json.Obj onJoin(Json.Obj json) {
        return write(json, false, !left);
    }

    /** What a departure writes. */
    Bytes onLeave() {
        return Bytes.utf8(write(Json.Obj.EMPTY, true, false).toString());
    }

    private Json.Obj write(Json.Obj json, boolean leaves, boolean lostNow) {
        List<Json> times = new ArrayList<>();
        int from = Math.max(0, lossMillis.size() - (LOSSES_MAX - 1));
        lossMillis.subList(from, lossMillis.size()).forEach(time -> times.add(Json.of(time)));
        Json.Obj more = leaves ? json.with("left", Json.of(true)) : json;
        more = lostNow ? more.with("backFromLoss", Json.of(true)) : more;
        return times.isEmpty() ? more : more.with("lossesBefore", new Json.Arr(times));
    }

    /**
     * Reads it back.
     *
     * @param writtenMillis when the join or departure wrote it
     */
    static History read(Json.Obj json, long writtenMillis) throws MalformedJsonException {
        List<Long> times = new ArrayList<>();
        for (Json item : json.items("lossesBefore")) {
            times.add(Json.Obj.EMPTY.with("loss", item).number("loss", 0));
        }
        if (json.flag("backFromLoss", false)) {
            times.add(writtenMillis);
        }
        return new History(json.flag("left", false), times);
    }

    static History read(Znode znode) throws MalformedJsonException {
        return read(Json.parseObject(znode.data().text()), znode.modifiedMillis());
    }
}
