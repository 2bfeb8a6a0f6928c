package org.quorate.cluster.shard;

import java.util.Set;
import java.util.TreeSet;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * What people tell the planner. Immutable.
 *
 * @param paused maintenance: lost leaders are replaced, and nothing is copied
 * @param proceed raised by one to let copies begin in spite of a mass loss
 * @param removed nodes that will not come back
 */
record Control(boolean paused, long proceed, Set<String> removed) {
    static final Control NONE = new Control(false, 0, Set.of());

    Control {
        removed = Set.copyOf(removed);
    }

    Bytes encode() {
        return Bytes.utf8(
                Json.Obj.EMPTY
                        .with("paused", Json.of(paused))
                        .with("proceed", Json.of(proceed))
                        .with("removed", Json.ofTexts(new TreeSet<>(removed)))
                        .toString());
    }

    static Control decode(Bytes bytes) throws MalformedJsonException {
        if (bytes.size() == 0) {
            return NONE;
        }
        Json.Obj json = Json.parseObject(bytes.text());
        return new Control(
                json.flag("paused", false),
                json.number("proceed", 0),
                Set.copyOf(json.texts("removed")));
    }
}
