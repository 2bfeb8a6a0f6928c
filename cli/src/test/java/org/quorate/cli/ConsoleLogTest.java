package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class ConsoleLogTest {
    private static final String FILE_PROPERTY = "logback.configurationFile";

    private final LoggerContext loggers = new LoggerContext();

    @AfterEach
    void forget() {
        System.clearProperty(FILE_PROPERTY);
        loggers.stop();
    }

    @Test
    void aLineHasTimeLevelLoggerMessageAndKeys() {
        ConsoleLog.logToStandardError(loggers);
        assertThat(line(Level.WARN, "something", null))
                .matches("[-0-9]{10} [:.0-9]{12} WARN  Some - something\\R");
        assertThat(line(Level.ERROR, "more of it", new KeyValuePair("peer", 3)))
                .endsWith(String.format(" ERROR Some - more of it peer=\"3\"%n"));
        assertThat(loggers.getLogger("io.netty.Some").isInfoEnabled()).isFalse();
        assertThat(loggers.getLogger("org.apache.zookeeper").getLevel()).isEqualTo(Level.ERROR);
    }

    @Test
    void theFileToStartFromSaysTheSame() throws Exception {
        try (InputStream file = ConsoleLog.class.getResourceAsStream("/logback-console.xml")) {
            assertThat(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("<pattern>" + ConsoleLog.PATTERN + "</pattern>");
        }
    }

    private String line(Level level, String message, KeyValuePair pair) {
        Logger logger = loggers.getLogger("org.quorate.Some");
        LoggingEvent event = new LoggingEvent("", logger, level, message, null, null);
        if (pair != null) {
            event.addKeyValuePair(pair);
        }
        ConsoleAppender<ILoggingEvent> console =
                (ConsoleAppender<ILoggingEvent>)
                        loggers.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
        assertThat(console.getTarget()).isEqualTo("System.err");
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    @Test
    void aFileThatIsNamedTakesItsPlace() {
        System.setProperty(FILE_PROPERTY, "logback-file.xml");
        assertThat(new ConsoleLog().configure(loggers))
                .isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(loggers.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders()).isExhausted();
    }
}
