package org.quorate.node.host;

/**
 * What to do when a server cannot go on: end the process, or stop the server if it is embedded. Any
 * thread; must not throw.
 */
@FunctionalInterface
public interface Fatal {
    /**
     * The server cannot go on.
     *
     * @param what one line for the operator
     * @param why the cause
     */
    void dies(String what, Throwable why);
}
