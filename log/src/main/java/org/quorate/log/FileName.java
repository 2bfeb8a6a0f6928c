package org.quorate.log;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;

/**
 * A log's, snapshot's or image's name: {@code prefix.HEX}, perhaps with more behind a second dot
 * (disk formats §1).
 *
 * @param name as it stands in the directory
 * @param zxid of a log's first record; a snapshot's start of the walk
 */
record FileName(String name, long zxid) {
    static final String LOG = "log";
    static final String SNAPSHOT = "snapshot";
    static final String IMAGE = "image";

    static final Comparator<FileName> OLDEST_FIRST =
            Comparator.comparingLong(FileName::zxid).thenComparing(FileName::name);

    /** Null if the name is not of this kind. */
    static @Nullable FileName parse(String name, String prefix) {
        String[] parts = name.split("\\.", 3);
        if (parts.length < 2 || !parts[0].equals(prefix)) {
            return null;
        }
        try {
            return new FileName(name, Long.parseLong(parts[1], 16));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static FileName log(long firstZxid) {
        return new FileName(LOG + "." + Zxid.hex(firstZxid), firstZxid);
    }

    static FileName snapshot(long zxid, Compression compression) {
        return new FileName(SNAPSHOT + "." + Zxid.hex(zxid) + compression.suffix(), zxid);
    }

    /** The image that lies beside a snapshot. */
    static FileName image(long zxid) {
        return new FileName(IMAGE + "." + Zxid.hex(zxid), zxid);
    }
}
