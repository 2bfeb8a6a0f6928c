package org.quorate.node.admin;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much is logged, and changing it while the server runs. The program that hosts a server knows
 * what is behind SLF4J; a server does not. Any thread.
 */
public interface LogLevels {
    /** The logger that all others inherit from. */
    String ROOT = "ROOT";

    /** Of a program that does not tell. */
    LogLevels UNKNOWN =
            new LogLevels() {
                @Override
                public SortedMap<String, String> all() {
                    return new TreeMap<>();
                }

                @Override
                public void set(String logger, String level) {
                    throw new IllegalArgumentException(
                            "this server's log levels cannot be changed: its logging is the"
                                    + " program's that hosts it");
                }
            };

    /** Loggers that have a level of their own, and that. */
    SortedMap<String, String> all();

    /**
     * Changes a level until the process ends.
     *
     * @param logger its name, or {@link #ROOT}
     * @param level TRACE, DEBUG, INFO, WARN, ERROR or OFF; INHERIT takes a logger's own level away
     * @throws IllegalArgumentException with one line if there is no such level
     */
    void set(String logger, String level);
}
