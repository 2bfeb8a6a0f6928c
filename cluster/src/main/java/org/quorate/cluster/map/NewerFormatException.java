package org.quorate.cluster.map;

/** A znode of the map was written by a newer version of the toolkit. Upgrade this process. */
public final class NewerFormatException extends MalformedMapException {
    private static final long serialVersionUID = 1L;

    private final int found;

    /** {@code what} is in format {@code found}, which is above {@code known}. */
    public NewerFormatException(String what, int found, int known) {
        super(
                what
                        + " is in format "
                        + found
                        + ", written by a newer version; this one reads up to format "
                        + known
                        + ": upgrade this process");
        this.found = found;
    }

    /** The format that was found. */
    public int found() {
        return found;
    }
}
