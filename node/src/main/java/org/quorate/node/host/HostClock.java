package org.quorate.node.host;

/** Where a server's core has its time from. Asked by the core thread, once a turn. */
public interface HostClock {
    /** The machine's clocks. */
    HostClock SYSTEM =
            new HostClock() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public long wallMillis() {
                    return System.currentTimeMillis();
                }
            };

    /** Nanoseconds since some moment; never goes back. Sessions and elections run by it. */
    long nanos();

    /** Milliseconds since 1970. Times of znodes and their time to live run by it. */
    long wallMillis();
}
