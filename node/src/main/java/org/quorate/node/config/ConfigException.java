package org.quorate.node.config;

/**
 * A configuration that a server cannot start with. The message is one line for the operator and
 * names the key, the value and what would be legal.
 */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
