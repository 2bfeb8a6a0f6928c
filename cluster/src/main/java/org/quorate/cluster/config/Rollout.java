package org.quorate.cluster.config;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * Which version is for whom. Immutable.
 *
 * @param latest the highest version ever written; 0 if there is none
 * @param stable the version for everybody; 0 for the schema's defaults
 * @param next the version being tried; 0 if there is none
 * @param members who tries it, by name
 * @param percent how many of the others try it, 0 to 100; who tries it at some percentage also does
 *     at any higher one
 */
public record Rollout(long latest, long stable, long next, List<String> members, int percent) {
    static final Rollout NONE = new Rollout(0, 0, 0, List.of(), 0);

    /** Copies the names. */
    public Rollout {
        members = List.copyOf(members);
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException(percent + " percent");
        }
    }

    /** Whether a version is being tried. */
    public boolean underWay() {
        return next != 0;
    }

    /** Whether {@code member} tries the next version. */
    public boolean tries(String member) {
        return underWay() && (members.contains(member) || share(member) < percent);
    }

    /** The version for {@code member}. */
    public long versionFor(String member) {
        return tries(member) ? next : stable;
    }

    private static int share(String member) {
        CRC32 crc = new CRC32();
        crc.update(Bytes.utf8(member).array());
        return (int) (crc.getValue() % 100);
    }

    Bytes write() {
        List<Json> names = new ArrayList<>();
        members.forEach(name -> names.add(Json.of(name)));
        Json.Obj json =
                Json.Obj.EMPTY.with("latest", Json.of(latest)).with("stable", Json.of(stable));
        if (underWay()) {
            json =
                    json.with("next", Json.of(next))
                            .with("members", new Json.Arr(names))
                            .with("percent", Json.of(percent));
        }
        return Bytes.utf8(json.toString());
    }

    static Rollout read(Bytes data) throws MalformedJsonException {
        if (data.size() == 0) {
            return NONE;
        }
        Json.Obj json = Json.parseObject(data.text());
        long percent = json.number("percent", 0);
        if (percent < 0 || percent > 100) {
            throw new MalformedJsonException("'percent' is " + percent);
        }
        return new Rollout(
                json.number("latest", 0),
                json.number("stable", 0),
                json.number("next", 0),
                json.texts("members"),
                (int) percent);
    }
}
