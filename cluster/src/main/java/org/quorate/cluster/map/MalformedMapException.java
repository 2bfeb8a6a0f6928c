package org.quorate.cluster.map;

import java.io.IOException;

/** A znode of the map cannot be read. What it says is unknown; nothing of it was used. */
public class MalformedMapException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says which znode and what is wrong with it. */
    public MalformedMapException(String message) {
        super(message);
    }
}
