package org.quorate.cluster.config;

import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * What a member says it runs. Immutable.
 *
 * @param version that it runs
 * @param refused the version that it could not take; 0 if it took what it was given
 * @param error why not; empty if it did
 */
public record Applied(long version, long refused, String error) {
    private static final int ERROR_CHARS_MAX = 1_000;

    Bytes write() {
        String shortened =
                error.length() > ERROR_CHARS_MAX ? error.substring(0, ERROR_CHARS_MAX) : error;
        Json.Obj json = Json.Obj.EMPTY.with("version", Json.of(version));
        if (refused != 0) {
            json = json.with("refused", Json.of(refused)).with("error", Json.of(shortened));
        }
        return Bytes.utf8(json.toString());
    }

    static Applied read(Bytes data) throws MalformedJsonException {
        Json.Obj json = Json.parseObject(data.text());
        return new Applied(
                json.number("version", 0), json.number("refused", 0), json.text("error", ""));
    }
}
