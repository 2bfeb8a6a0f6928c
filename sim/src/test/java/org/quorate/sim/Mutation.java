package org.quorate.sim;

import java.util.List;

/**
 * A known bug, put back on purpose: pieces of production source and what stands there instead. The
 * production code has no switch for it; it is compiled anew, in a class loader of its own.
 *
 * @param name what is wrong
 * @param issue ZooKeeper's issue, or where else it is known from
 * @param faults what has to happen for it to show
 * @param seedsMax the simulator finds it within so many seeds from 1 on
 * @param patches what is changed
 */
record Mutation(String name, String issue, String faults, int seedsMax, List<Patch> patches) {
    /**
     * One place in one file.
     *
     * @param file below the repository's root
     * @param before stands there once
     * @param after stands there in the mutant
     */
    record Patch(String file, String before, String after) {}

    static Mutation of(
            String name, String issue, String faults, int seedsMax, String... fileBeforeAfter) {
        List<Patch> patches = new java.util.ArrayList<>();
        for (int i = 0; i < fileBeforeAfter.length; i += 3) {
            patches.add(
                    new Patch(fileBeforeAfter[i], fileBeforeAfter[i + 1], fileBeforeAfter[i + 2]));
        }
        return new Mutation(name, issue, faults, seedsMax, List.copyOf(patches));
    }

    /** Found so soon that each build looks. */
    boolean isCheap() {
        return seedsMax <= 60;
    }

    @Override
    public String toString() {
        return issue + ", " + name;
    }
}
