package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.move.Wish;

/**
 * Which shards of a table people want to be split or merged, as it is stored. Immutable.
 *
 * @param all in the order in which they were made
 */
record Wishes(List<Wish> all) {
    /** Wishes of one table that may be pending. */
    static final int PENDING_MAX = 256;

    static final Wishes NONE = new Wishes(List.of());

    Wishes {
        all = List.copyOf(all);
    }

    /** Those that {@code keys} do not show to be done, and {@code more}. */
    Wishes pending(KeySpace keys, List<Wish> more) {
        List<Wish> pending = new ArrayList<>();
        for (Wish wish : all) {
            if (concerned(wish).stream().allMatch(keys::live)) {
                pending.add(wish);
            }
        }
        pending.addAll(more);
        return new Wishes(pending);
    }

    static List<Integer> concerned(Wish wish) {
        if (wish instanceof Wish.Split split) {
            return List.of(split.shard());
        }
        Wish.Merge merge = (Wish.Merge) wish;
        return List.of(merge.into(), merge.from());
    }

    Bytes encode() {
        List<Json> list = new ArrayList<>();
        for (Wish wish : all) {
            if (wish instanceof Wish.Split split) {
                String at = Base64.getEncoder().encodeToString(split.at().array());
                list.add(
                        Json.Obj.EMPTY
                                .with("split", Json.of(split.shard()))
                                .with("at", Json.of(at)));
            } else if (wish instanceof Wish.Merge merge) {
                list.add(
                        Json.Obj.EMPTY
                                .with("merge", Json.of(merge.from()))
                                .with("into", Json.of(merge.into())));
            }
        }
        return Bytes.utf8(Json.Obj.EMPTY.with("wishes", new Json.Arr(list)).toString());
    }

    static Wishes decode(Bytes bytes) throws MalformedJsonException {
        List<Wish> wishes = new ArrayList<>();
        try {
            for (Json item : Json.parseObject(bytes.text()).items("wishes")) {
                if (!(item instanceof Json.Obj one)) {
                    throw new MalformedJsonException("a wish that is no object");
                }
                int split = Math.toIntExact(one.number("split", -1));
                if (split >= 0) {
                    byte[] at = Base64.getDecoder().decode(one.text("at", ""));
                    wishes.add(new Wish.Split(split, Bytes.wrap(at)));
                } else {
                    wishes.add(
                            new Wish.Merge(
                                    Math.toIntExact(one.number("into", 0)),
                                    Math.toIntExact(one.number("merge", 0))));
                }
            }
        } catch (IllegalArgumentException | ArithmeticException impossible) {
            throw new MalformedJsonException(String.valueOf(impossible.getMessage()));
        }
        return new Wishes(wishes);
    }
}
