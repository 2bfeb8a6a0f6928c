package org.quorate.node.hostile;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Lines of the log that say a person must act: errors of the server, and Netty's leaks. */
final class Complaints implements AutoCloseable {
    private static final List<String> LOGGERS = List.of("org.quorate", "io.netty");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    lines.add(text(event));
                }
            };

    Complaints() {
        appender.start();
        for (String name : LOGGERS) {
            logger(name).setLevel(Level.ERROR);
            logger(name).addAppender(appender);
        }
    }

    private static String text(ILoggingEvent event) {
        var thrown = event.getThrowableProxy();
        StringBuilder text = new StringBuilder(event.getFormattedMessage());
        if (thrown != null) {
            text.append(": ")
                    .append(thrown.getClassName())
                    .append(": ")
                    .append(thrown.getMessage());
            for (var frame : thrown.getStackTraceElementProxyArray()) {
                text.append("\n  ").append(frame.getSTEAsString());
            }
        }
        return text.toString();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        for (String name : LOGGERS) {
            logger(name).detachAppender(appender);
            logger(name).setLevel(null);
        }
    }
}
