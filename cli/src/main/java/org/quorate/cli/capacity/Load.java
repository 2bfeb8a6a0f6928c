package org.quorate.cli.capacity;

/**
 * What an ensemble is to carry. Averages.
 *
 * @param dataBytes of a znode's data
 * @param pathBytes of a whole path, {@code /a/b/c}
 * @param nameBytes of its last part
 * @param watches set at a time, in all
 * @param writesPerSecond in all: setData, create, delete, each part of a multi
 * @param readsPerSecond in all
 * @param eventsPerSecond of watches that fire, in all, each set again by a read
 */
record Load(
        long znodes,
        long dataBytes,
        long pathBytes,
        long nameBytes,
        long sessions,
        long watches,
        double writesPerSecond,
        double readsPerSecond,
        double eventsPerSecond) {
    /** So many times as much of everything; a znode stays what it is. */
    Load times(double factor) {
        return new Load(
                Math.round(znodes * factor),
                dataBytes,
                pathBytes,
                nameBytes,
                Math.round(sessions * factor),
                Math.round(watches * factor),
                writesPerSecond * factor,
                readsPerSecond * factor,
                eventsPerSecond * factor);
    }
}
