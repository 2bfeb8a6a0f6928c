package org.quorate.node.host;

import org.quorate.replica.Replica;

/** Something for the core thread to hear. Given to {@link CoreLoop}, which feeds it once. */
interface Input {
    /** Called on the core thread, between the beginning and the end of a turn. */
    void feed(Replica replica);
}
