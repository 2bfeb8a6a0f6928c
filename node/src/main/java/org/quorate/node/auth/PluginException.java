package org.quorate.node.auth;

import org.jspecify.annotations.Nullable;

/** A provider cannot be had; the message is a line for the operator. */
public final class PluginException extends Exception {
    private static final long serialVersionUID = 1;

    PluginException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
