package org.quorate.cli;

import java.util.List;

/** How much is logged: a server tells its story, the other commands only warn. Stateless. */
final class LogLevel {
    /** Read by {@link ConsoleLog} and logback-file.xml; may be told by {@code -D}. */
    static final String PROPERTY = "quorate.log.level";

    private LogLevel() {}

    /** Before the first logger is made. */
    static void choose(String[] arguments) {
        if (System.getProperty(PROPERTY) == null) {
            boolean serves = List.of(arguments).contains("serve");
            System.setProperty(PROPERTY, serves ? "INFO" : "ERROR");
        }
    }
}
