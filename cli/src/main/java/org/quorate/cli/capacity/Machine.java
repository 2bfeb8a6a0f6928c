package org.quorate.cli.capacity;

/**
 * What one server has.
 *
 * @param diskMegabytesPerSecond what its disk writes in a stream
 * @param syncMicros how long an {@code fdatasync} of a few KB takes
 * @param gigabitsPerSecond of its network, each way
 * @param roundTripMicros to another server
 */
record Machine(
        int cores,
        double memoryGigabytes,
        double diskMegabytesPerSecond,
        double syncMicros,
        double gigabitsPerSecond,
        double roundTripMicros) {}
