package org.quorate.node.insight;

import java.util.Locale;

/** What a request that goes through the core passes on its way, in this order. */
public enum Stage {
    /** On the event loop: from the read of the socket until the core has it in its queue. */
    DECODE("from the socket's read to the core's queue"),
    /** In the core's queue. */
    QUEUE("waiting in the core's queue"),
    /**
     * The core checks it and makes a transaction of it; at a learner also the way to the leader.
     */
    PREPARE("checking it and making a transaction of it"),
    /** From the hand-over to the log until it is on this server's disk. */
    SYNC("from the hand-over to the log until it is on this disk"),
    /** Beside SYNC: from the hand-over to the log until it is committed here. */
    QUORUM("beside sync: from the hand-over to the log until it is committed"),
    /** Changing the tree and firing watches, waiting for readers to step out included. */
    APPLY("changing the tree and firing watches"),
    /** From the core's word to the event loop that writes it to the socket. */
    REPLY("from the core's answer to the event loop that writes it");

    private final String meaning;

    Stage(String meaning) {
        this.meaning = meaning;
    }

    /** In a few words, for people. */
    public String meaning() {
        return meaning;
    }

    /** The name in JSON and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
