package org.quorate.cluster.json;

/** A text is not JSON, or not the JSON that was expected. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong, and where. */
    public MalformedJsonException(String message) {
        super(message);
    }
}
