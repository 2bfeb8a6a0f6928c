package org.quorate.protocol.acl;

/**
 * Who: a scheme and a name within it, for instance {@code digest} and {@code ann:hash}. A null
 * string on the wire reads as empty; ZooKeeper refuses such an id either way.
 */
public record Id(String scheme, String id) {
    /** Everybody. */
    public static final Id ANYONE = new Id("world", "anyone");
}
