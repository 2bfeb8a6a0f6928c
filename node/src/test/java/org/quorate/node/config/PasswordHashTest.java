package org.quorate.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    private static final String SALT = "AAAAAAAAAAAAAAAAAAAAAA";
    private static final String HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    @Test
    void aHashMatchesItsPasswordAlone() {
        PasswordHash made = PasswordHash.of("correct horse".toCharArray());
        PasswordHash read = PasswordHash.parse(made.toString());
        assertThat(made.toString()).startsWith("pbkdf2-sha256:600000:").doesNotContain("horse");
        assertThat(read.matches("correct horse".toCharArray())).isTrue();
        assertThat(read.matches("correct horsf".toCharArray())).isFalse();
    }

    @Test
    void twoHashesOfOnePasswordDiffer() {
        assertThat(PasswordHash.of("correct horse".toCharArray()).toString())
                .isNotEqualTo(PasswordHash.of("correct horse".toCharArray()).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "md5:600000:" + SALT + ":" + HASH,
                "pbkdf2-sha256:99999:" + SALT + ":" + HASH,
                "pbkdf2-sha256:10000001:" + SALT + ":" + HASH,
                "pbkdf2-sha256:many:" + SALT + ":" + HASH,
                "pbkdf2-sha256:600000:AAAA:" + HASH,
                "pbkdf2-sha256:600000:" + SALT + ":AAAA",
                "pbkdf2-sha256:600000:!!:" + HASH
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
