package org.quorate.replica;

/**
 * A scheme of ids beside those that the server has itself, as far as access lists go. Called by
 * several threads at once, for each access that is checked: the answers must be quick, and depend
 * on nothing but the arguments.
 */
public interface Scheme {
    /** Its name in access lists; none of {@code world auth ip digest sasl x509 super}. */
    String name();

    /** May this id stand in an access list? */
    boolean isValid(String id);

    /**
     * Is a client that has proven to be {@code id} meant by the entry {@code wanted} of an access
     * list?
     */
    default boolean matches(String id, String wanted) {
        return id.equals(wanted);
    }

    /** Do its ids stand for {@code auth} in an access list that a client sends? */
    default boolean isAuthenticated() {
        return true;
    }

    /** What whoAmI tells of an id. */
    default String userName(String id) {
        return id;
    }
}
