package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTest {
    private static final int HEADER_BYTES = 48;
    private static final int SEALED_BYTES = Vault.SEGMENT_BYTES + 16;

    @TempDir Path dir;
    private final Vault vault = new Vault(new byte[32]);

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    private static byte[] seal(Vault by, byte[] plain) throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (OutputStream out = by.seal(sealed)) {
            out.write(plain, 0, plain.length / 3);
            out.write(plain, plain.length / 3, plain.length - plain.length / 3);
        }
        return sealed.toByteArray();
    }

    private static byte[] open(Vault by, byte[] sealed) throws IOException {
        try (InputStream in = by.open(new ByteArrayInputStream(sealed), "it")) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                100,
                Vault.SEGMENT_BYTES - 1,
                Vault.SEGMENT_BYTES,
                Vault.SEGMENT_BYTES + 1,
                2 * Vault.SEGMENT_BYTES + 7
            })
    void whatWasSealedIsOpened(int bytes) throws IOException {
        byte[] plain = random(bytes);
        byte[] sealed = seal(vault, plain);
        assertThat(open(vault, sealed)).isEqualTo(plain);
        assertThat(seal(vault, plain)).as("never twice the same").isNotEqualTo(sealed);
    }

    @Test
    void aBitThatIsAnotherAnywhereIsNoticed() throws IOException {
        byte[] sealed = seal(vault, random(1000));
        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> open(vault, changed)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void cutMixedAndMovedSegmentsAreNoticed() throws IOException {
        byte[] plain = random(2 * Vault.SEGMENT_BYTES + 7);
        byte[] sealed = seal(vault, plain);
        byte[] other = seal(vault, plain);
        int first = HEADER_BYTES;
        int second = first + SEALED_BYTES;
        assertDamaged(Arrays.copyOf(sealed, second)); // as if one segment were all
        assertDamaged(Arrays.copyOf(sealed, second + SEALED_BYTES));
        assertDamaged(Arrays.copyOf(sealed, first));
        assertDamaged(Arrays.copyOf(sealed, 20));
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, second, swapped, first, SEALED_BYTES);
        System.arraycopy(sealed, first, swapped, second, SEALED_BYTES);
        assertDamaged(swapped);
        byte[] mixed = sealed.clone();
        System.arraycopy(other, second, mixed, second, SEALED_BYTES);
        assertDamaged(mixed);
    }

    private void assertDamaged(byte[] sealed) {
        assertThatThrownBy(() -> open(vault, sealed))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it is damaged");
    }

    @Test
    void anotherKeyIsSaidToBeAnother() throws IOException {
        byte[] sealed = seal(vault, random(10));
        Vault other = new Vault(random(32));
        assertThatThrownBy(() -> open(other, sealed))
                .hasMessageContaining("encrypted with another key")
                .hasMessageContaining(vault.fingerprint())
                .hasMessageContaining(other.fingerprint());
        assertThat(other.nameOf("ab")).isNotEqualTo(vault.nameOf("ab"));
    }

    @Test
    void whatIsNoKeyFileIsSaidToBeNone() throws IOException {
        Path file = dir.resolve("key");
        Files.writeString(file, "not base64!");
        assertThatThrownBy(() -> Vault.read(file)).hasMessageContaining("not Base64");
        Files.writeString(file, "AAAA");
        assertThatThrownBy(() -> Vault.read(file)).hasMessageContaining("3 bytes instead of 32");
        Files.writeString(file, Vault.newKey());
        assertThat(Vault.read(file).fingerprint()).hasSize(16);
    }
}
