package org.quorate.cli;

import java.util.concurrent.Callable;
import org.quorate.node.admin.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code quorate version}. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, CommandLine.IVersionProvider {
    @Override
    public Integer call() {
        System.out.println(getVersion()[0]);
        return 0;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "quorate %s (ZooKeeper %s)".formatted(Version.QUORATE, Version.ZOOKEEPER)
        };
    }
}
