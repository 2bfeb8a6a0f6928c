package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../etc/passwd",
                "/etc/passwd",
                "snapshot.0/../../x",
                "log.1.gz/x",
                "snapshot.",
                "log.11111111111111111",
                "myid"
            })
    void aFileThatIsNoneOfADataDirectoryIsNotRestoredAnywhere(String name) {
        assertThatThrownBy(() -> new Manifest.Entry(name, 1, HASH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void contentIsTakenFromTheRepositoryAlone() {
        assertThatThrownBy(() -> new Manifest.Entry("log.1", 1, "../../etc/x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new Manifest.Entry("snapshot.1f.gz", 1, HASH).zxid()).isEqualTo(0x1f);
    }
}
