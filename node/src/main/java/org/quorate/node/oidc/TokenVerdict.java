package org.quorate.node.oidc;

/** What a bearer token has shown. Immutable. */
public sealed interface TokenVerdict {
    /**
     * It is an operator's: he may do everything.
     *
     * @param name as the issuer calls him, fit for a log
     */
    record Operator(String name) implements TokenVerdict {}

    /** It is good, and whose it is is no operator. */
    record Stranger(String name) implements TokenVerdict {}

    /**
     * It shows nothing: it is wrong, old or for somebody else, or nobody can say.
     *
     * @param why for the log, not for whoever has shown it
     */
    record Refused(String why) implements TokenVerdict {}
}
