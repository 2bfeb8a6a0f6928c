package org.quorate.node.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server is told: a {@code zoo.cfg} with ZooKeeper's rules (reference: administration
 * §1 and §2), ZooKeeper's old arguments, or nothing. Stateless; reads files, writes none.
 *
 * <p>Warnings are handed out line by line: keys that nothing reads, keys without effect here,
 * ensembles of an unlucky size.
 */
public final class ZooCfg {
    private ZooCfg() {}

    /**
     * Reads a file.
     *
     * @param system where {@code -D} properties are looked up; the file's values beat them
     * @throws ConfigException naming key, value and what is legal
     */
    public static ServerConfig read(Path file, Properties system, Consumer<String> warnings)
            throws ConfigException {
        String text = readText(file);
        String name = nameOf(file);
        Values values = new Values(name, PropertiesText.parse(text, name), system);
        KeyCheck.check(values, warnings);
        return new Assembler(values, warnings).fromFile(file.toAbsolutePath(), text);
    }

    /**
     * The default: alone, loopback, port 2181, data in {@code dir}; what system properties tell
     * counts.
     */
    public static ServerConfig embedded(Path dir, Properties system, Consumer<String> warnings)
            throws ConfigException {
        Values values = new Values("", List.of(), system);
        KeyCheck.check(values, warnings);
        return new Assembler(values, warnings).embedded(dir);
    }

    /**
     * ZooKeeper's arguments: a file, or the old form {@code port datadir [ticktime [maxcnxns]]}.
     *
     * @param arguments one, or two to four
     */
    public static ServerConfig fromArguments(
            List<String> arguments, Properties system, Consumer<String> warnings)
            throws ConfigException {
        if (arguments.size() == 1) {
            return read(Path.of(arguments.get(0)), system, warnings);
        }
        if (arguments.size() < 2 || arguments.size() > 4) {
            throw new ConfigException(
                    "expected a configuration file, or: port datadir [ticktime [maxcnxns]]; got %d"
                                    .formatted(arguments.size())
                            + " arguments");
        }
        String[] keys = {"clientPort", "dataDir", "tickTime", "maxClientCnxns"};
        List<PropertiesText.Entry> entries = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            entries.add(new PropertiesText.Entry(keys[i], arguments.get(i), i + 1));
        }
        Values values = new Values("argument", entries, system);
        KeyCheck.check(values, warnings);
        return new Assembler(values, warnings).fromFile(null, "");
    }

    static String readText(Path file) throws ConfigException {
        if (!Files.exists(file)) {
            throw new ConfigException("configuration file %s does not exist".formatted(file));
        }
        try {
            // Java properties are Latin-1; a directory's name must come out as ZooKeeper reads it.
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new ConfigException("cannot read %s: %s".formatted(file, e.getMessage()));
        }
    }

    static String nameOf(Path file) {
        @Nullable Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
