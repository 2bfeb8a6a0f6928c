package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityCommandTest {
    @TempDir Path dir;
    private Path data;
    private Path keys;

    @BeforeEach
    void filesOfOneUserAlone() throws IOException {
        data = Files.createDirectory(dir.resolve("data"));
        keys = Files.createFile(dir.resolve("key.p12"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(data.resolve("myid"), "1");
    }

    private Captured check(String... lines) throws IOException {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(file, "dataDir=" + data + "\n" + String.join("\n", lines) + "\n");
        return Captured.run("security", "check", file.toString());
    }

    @Test
    void eachOpenThingOfAStockConfigurationIsNamed() throws IOException {
        Captured checked =
                check(
                        "clientPort=2181",
                        "initLimit=5",
                        "syncLimit=2",
                        "server.1=a:2888:3888",
                        "server.2=b:2888:3888",
                        "server.3=c:2888:3888",
                        "4lw.commands.whitelist=*",
                        "skipACL=yes");
        assertThat(checked.exitCode()).isEqualTo(SecurityCommand.OPEN);
        assertThat(checked.out())
                .contains(
                        "skipACL=yes",
                        "enforce.auth.enabled",
                        "clients on 0.0.0.0:2181 are not encrypted",
                        "set sslQuorum",
                        "0.0.0.0:8080",
                        "4lw.commands.whitelist=*");
    }

    @Test
    void ofAClosedConfigurationNothingIsSaid() throws IOException {
        String stores = "%skeyStore.location=" + keys + "\n%strustStore.location=" + keys;
        Captured checked =
                check(
                        "initLimit=5",
                        "syncLimit=2",
                        "server.1=a:2888:3888",
                        "server.2=b:2888:3888",
                        "server.3=c:2888:3888",
                        "secureClientPort=2281",
                        stores.formatted("ssl.", "ssl."),
                        "ssl.crl=true",
                        "sslQuorum=true",
                        stores.formatted("ssl.quorum.", "ssl.quorum."),
                        "admin.serverAddress=127.0.0.1");
        assertThat(checked.out()).isEqualTo("nothing is open\n");
        assertThat(checked.exitCode()).isZero();
    }

    @Test
    void filesThatOthersMayReadAreNamedWithoutTheirSecrets() throws IOException {
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
        Captured checked =
                check(
                        "initLimit=5",
                        "syncLimit=2",
                        "server.1=a:2888:3888",
                        "server.2=b:2888:3888",
                        "server.3=c:2888:3888",
                        "secureClientPort=2281",
                        "ssl.keyStore.location=" + keys,
                        "ssl.keyStore.password=hush");
        assertThat(checked.out())
                .contains("the key store " + keys, "chmod o-rwx")
                .doesNotContain("hush");
    }

    @Test
    void aWrongConfigurationIsRefused() throws IOException {
        assertThat(check("clientPort=none").exitCode()).isEqualTo(ServeCommand.WRONG_CONFIG);
    }
}
