package org.quorate.cluster.config;

import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * One version as it was written. Immutable.
 *
 * @param version from 1
 * @param values as written, not judged by any schema
 * @param why what its author said
 * @param writtenMillis when, wall time of the service
 */
public record Revision(long version, Json.Obj values, String why, long writtenMillis) {
    static String path(String root, long version) {
        return Paths.join(root, String.format("v-%010d", version));
    }

    static Bytes write(Json.Obj values, String why, String nonce) {
        return Bytes.utf8(
                Json.Obj.EMPTY
                        .with("values", values)
                        .with("why", Json.of(why))
                        .with("nonce", Json.of(nonce))
                        .toString());
    }

    static Revision read(Znode znode) throws MalformedJsonException {
        Json.Obj json = Json.parseObject(znode.data().text());
        try {
            long version = Long.parseLong(znode.name().substring(2));
            return new Revision(
                    version, json.object("values"), json.text("why", ""), znode.createdMillis());
        } catch (NumberFormatException foreign) {
            throw new MalformedJsonException("not a version: " + znode.name());
        }
    }
}
