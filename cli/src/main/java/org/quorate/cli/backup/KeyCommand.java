package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate backup key}. */
@Command(
        name = "key",
        description = "Make a key file. Keep a copy elsewhere: without it no backup can be read.",
        mixinStandardHelpOptions = true)
final class KeyCommand implements Callable<Integer> {
    @Option(
            names = "--to",
            paramLabel = "FILE",
            required = true,
            description = "Not there yet; only its owner may read it.")
    private Path to = Path.of("");

    @Override
    public Integer call() throws IOException {
        try {
            Files.createFile(
                    to,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(to + " is there already; a key is not overwritten", e);
        }
        Files.writeString(to, Vault.newKey());
        System.out.println(to + ": key " + Vault.read(to).fingerprint());
        return 0;
    }
}
