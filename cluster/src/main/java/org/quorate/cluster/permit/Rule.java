package org.quorate.cluster.permit;

import java.util.List;

/** Which claims of a queue hold. Whoever holds goes on holding when claims before it vanish. */
interface Rule {
    /**
     * How many claims from the front hold.
     *
     * @param queue from the front
     */
    int granted(List<Claim> queue);

    /** As many from the front as fit into {@code limit} together. */
    static Rule fitting(long limit) {
        return queue -> {
            long sum = 0;
            int count = 0;
            for (Claim claim : queue) {
                sum += claim.weight();
                if (sum > limit) {
                    break;
                }
                count++;
            }
            return count;
        };
    }

    /** The writer at the front alone, or all readers before the first writer. */
    static Rule readersOrOneWriter() {
        return queue -> {
            int count = 0;
            for (Claim claim : queue) {
                if (claim.kind() == Claim.Kind.WRITE) {
                    return count == 0 ? 1 : count;
                }
                count++;
            }
            return count;
        };
    }
}
