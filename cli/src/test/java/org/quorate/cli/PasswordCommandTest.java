package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.quorate.node.config.PasswordHash;

class PasswordCommandTest {
    private static Captured run(String input) {
        InputStream old = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return Captured.run("password");
        } finally {
            System.setIn(old);
        }
    }

    @Test
    void theLineForTheConfigurationFileIsPrinted() {
        Captured printed = run("correct horse\n");
        assertThat(printed.exitCode()).isZero();
        String key = "admin.console.passwordHash=";
        assertThat(printed.out()).startsWith(key).doesNotContain("horse");
        PasswordHash hash = PasswordHash.parse(printed.out().substring(key.length()));
        assertThat(hash.matches("correct horse".toCharArray())).isTrue();
    }

    @Test
    void aShortPasswordIsRefused() {
        Captured refused = run("short\n");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("at least 10 characters");
        assertThat(run("").exitCode()).isEqualTo(2);
    }
}
