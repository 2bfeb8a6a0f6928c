package org.quorate.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.node.admin.LogLevels;
import org.slf4j.LoggerFactory;

/** The log levels of this process, in Logback. Any thread. */
final class LogbackLevels implements LogLevels {
    /** Takes a logger's own level away. */
    private static final String INHERIT = "INHERIT";

    private static final List<String> LEVELS =
            List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    @Override
    public SortedMap<String, String> all() {
        SortedMap<String, String> all = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null) {
                all.put(logger.getName(), logger.getLevel().toString());
            }
        }
        return all;
    }

    @Override
    public void set(String logger, String level) {
        String word = level.toUpperCase(Locale.ROOT);
        boolean root = logger.equalsIgnoreCase(ROOT);
        if (!LEVELS.contains(word) && (root || !word.equals(INHERIT))) {
            throw new IllegalArgumentException(
                    "%s: no level; there are %s%s"
                            .formatted(
                                    level,
                                    String.join(", ", LEVELS),
                                    root ? "" : ", and " + INHERIT));
        }
        if (!root && !logger.matches("[\\w$-]+(\\.[\\w$-]+)*")) {
            throw new IllegalArgumentException(logger + ": no name of a logger");
        }
        context()
                .getLogger(root ? org.slf4j.Logger.ROOT_LOGGER_NAME : logger)
                .setLevel(word.equals(INHERIT) ? null : Level.valueOf(word));
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
