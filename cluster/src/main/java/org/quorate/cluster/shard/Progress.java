package org.quorate.cluster.shard;

/** Hears how far an opening has come. Safe for many threads. */
@FunctionalInterface
public interface Progress {
    /**
     * So much of so much is copied, in whatever unit. An opening that goes on telling of more is
     * not given up, however long it takes.
     *
     * @param done at least 0
     * @param total 0 if it is not known
     */
    void at(long done, long total);
}
