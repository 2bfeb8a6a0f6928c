package org.quorate.cli;

import java.nio.file.Path;
import java.util.List;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.OpenDoors;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quorate security}: what a configuration leaves open. Starts nothing. */
@Command(
        name = "security",
        description = "Look for what a configuration leaves open.",
        mixinStandardHelpOptions = true)
final class SecurityCommand {
    /** Something is open. */
    static final int OPEN = 1;

    /** Prints one line for each thing that is open. */
    @Command(
            name = "check",
            description = "Print what a configuration file leaves open; exit code 1 if anything.",
            mixinStandardHelpOptions = true)
    int check(@Parameters(paramLabel = "zoo.cfg") Path file) {
        ServerConfig config;
        try {
            config = ZooCfg.read(file, System.getProperties(), System.err::println);
        } catch (ConfigException e) {
            return ServeCommand.refuse(e, ServeCommand.WRONG_CONFIG);
        }
        List<String> open = OpenDoors.of(config);
        open.forEach(line -> System.out.println("- " + line));
        if (open.isEmpty()) {
            System.out.println("nothing is open");
        }
        return open.isEmpty() ? 0 : OPEN;
    }
}
