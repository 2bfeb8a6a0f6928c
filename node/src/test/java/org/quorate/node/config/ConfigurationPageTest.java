package org.quorate.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    /** Run with -Dquorate.docs.write=true to bring the page up to date. */
    @Test
    void theReferencePageIsWhatTheTableSays() throws IOException {
        Path page = Path.of("..", "docs", "configuration.md");
        if (Boolean.getBoolean("quorate.docs.write")) {
            Files.writeString(page, ReferencePage.text());
        }
        assertThat(page)
                .as("run this test with -Dquorate.docs.write=true to bring the page up to date")
                .content()
                .isEqualTo(ReferencePage.text());
    }

    @Test
    void noKeyStandsTwiceInTheTable() {
        Set<String> seen = new HashSet<>();
        for (Setting<?> setting : Settings.all()) {
            assertThat(seen.add(setting.key())).as(setting.key()).isTrue();
            assertThat(IgnoredKeys.contains(setting.key())).as(setting.key()).isFalse();
        }
    }

    @Test
    void everyDefaultIsLegal() throws ConfigException {
        for (Setting<?> setting : Settings.all()) {
            if (!setting.defaultText().isEmpty()) {
                assertThat(setting.parse(setting.defaultText(), setting.key())).isNotNull();
            }
        }
    }
}
