package org.quorate.protocol.peer;

/** A configuration text is not one that ZooKeeper would accept; the message says where and why. */
public final class ConfigSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ConfigSyntaxException(String message) {
        super(message);
    }
}
