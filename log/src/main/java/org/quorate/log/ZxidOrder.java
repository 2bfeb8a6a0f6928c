package org.quorate.log;

import org.quorate.protocol.Zxid;

/** Which record may stand behind which in a log. Stateless. */
final class ZxidOrder {
    private ZxidOrder() {}

    /**
     * True if nothing can be missing between the two: the next one, or the first of a later epoch.
     * (An epoch begins with counter 1; ZooKeeper does not check that.)
     */
    static boolean follows(long before, long zxid) {
        return zxid == before + 1
                || Zxid.epoch(zxid) > Zxid.epoch(before) && Zxid.counter(zxid) == 1;
    }
}
