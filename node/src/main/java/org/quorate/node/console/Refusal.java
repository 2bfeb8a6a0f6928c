package org.quorate.node.console;

/** A question that is not answered, and why, in a sentence for the reader of the page. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    final int status;

    /**
     * @param status of HTTP: 400 to 499
     */
    Refusal(int status, String why) {
        super(why);
        this.status = status;
    }

    /** The sentence. */
    String why() {
        return String.valueOf(getMessage());
    }
}
