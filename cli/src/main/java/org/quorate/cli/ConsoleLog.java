package org.quorate.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The log on standard error, unless somebody brings a configuration of his own ({@code
 * -Dlogback.configurationFile}, or a {@code logback.xml} on the class path). Said in Java, because
 * reading it from a file takes four hundred classes and a tenth of a second of each start. Found by
 * Logback as a service; used once.
 */
public final class ConsoleLog extends ContextAwareBase implements Configurator {
    private static final String FILE_PROPERTY = "logback.configurationFile";
    private static final String[] FILES = {"logback-test.xml", "logback.xml"};

    /** As in logback-console.xml, for who wants a file. */
    static final String PATTERN =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0} - %msg%replace( %kvp){'^ $', ''}%n";

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        if (isConfiguredOtherwise()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        logToStandardError(loggers);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void logToStandardError(LoggerContext loggers) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(loggers);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(loggers);
        console.setName("console");
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        loggers.getLogger("io.netty").setLevel(Level.WARN);
        loggers.getLogger("org.apache.zookeeper").setLevel(Level.ERROR);
        Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(System.getProperty(LogLevel.PROPERTY), Level.INFO));
        root.addAppender(console);
    }

    private static boolean isConfiguredOtherwise() {
        if (System.getProperty(FILE_PROPERTY) != null) {
            return true;
        }
        for (String file : FILES) {
            if (ConsoleLog.class.getClassLoader().getResource(file) != null) {
                return true;
            }
        }
        return false;
    }
}
