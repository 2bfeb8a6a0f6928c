package org.quorate.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What servers in this JVM log while a test runs, a level and a line each. */
public final class LogLines implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(event.getLevel() + " " + event.getFormattedMessage());
                }
            };

    public LogLines() {
        this(Level.INFO);
    }

    /** From this level on. */
    public LogLines(Level level) {
        appender.start();
        logger().addAppender(appender);
        logger().setLevel(level);
        logger().setAdditive(false);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("org.quorate");
    }

    /** All lines so far that hold each of these. */
    public List<String> with(String... parts) {
        return lines.stream()
                .filter(line -> List.of(parts).stream().allMatch(line::contains))
                .toList();
    }

    public List<String> all() {
        return lines;
    }

    @Override
    public void close() {
        logger().detachAppender(appender);
        logger().setLevel(null);
        logger().setAdditive(true);
    }
}
