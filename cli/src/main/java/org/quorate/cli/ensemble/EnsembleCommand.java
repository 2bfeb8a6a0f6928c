package org.quorate.cli.ensemble;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.ServeCommand;
import org.quorate.node.config.ConfigException;
import org.quorate.node.host.StartException;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.Member;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code quorate ensemble}: a local ensemble in the foreground, to try out what several servers are
 * like; with {@code --write-config} the configuration files of a real one.
 */
@Command(
        name = "ensemble",
        description = "Run a local ensemble in one process, or write the files for a real one.",
        footer = {
            "",
            "quorate ensemble --size 3 --dir D",
            "  starts three servers on free ports of 127.0.0.1, until SIGTERM or Ctrl-C; again on",
            "  the same directory: the same servers on the same ports.",
            "quorate ensemble --write-config OUT host1 host2 host3",
            "  writes OUT/HOST/{zoo.cfg,zoo.cfg.dynamic,myid} for each host and starts nothing.",
            "Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 3 data directory, 14 port."
        },
        mixinStandardHelpOptions = true)
public final class EnsembleCommand implements Callable<Integer> {
    /** More servers make an ensemble slower, not safer. */
    static final int SIZE_MAX = 9;

    private static final int SIZE = 3;

    @Spec private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Servers of a new local ensemble, 1 to 9 (3).")
    private @Nullable Integer size;

    @Option(
            names = "--dir",
            paramLabel = "D",
            description = "Files and data of the local ensemble (./quorate-ensemble).")
    private Path dir = Path.of("quorate-ensemble");

    @Option(
            names = "--write-config",
            paramLabel = "OUT",
            description = "Write the files for these hosts below OUT.")
    private @Nullable Path out;

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description = "dataDir on the hosts (/var/lib/zookeeper).")
    private Path dataDir = Path.of("/var/lib/zookeeper");

    @Option(
            names = "--conf-dir",
            paramLabel = "D",
            description = "Where the files will be on the hosts (/etc/zookeeper/conf).")
    private Path confDir = Path.of("/etc/zookeeper/conf");

    @Option(names = "--client-port", paramLabel = "P", description = "2181")
    private int clientPort = 2181;

    @Option(names = "--quorum-port", paramLabel = "P", description = "2888")
    private int quorumPort = 2888;

    @Option(names = "--election-port", paramLabel = "P", description = "3888")
    private int electionPort = 3888;

    @Option(
            names = "--observer",
            paramLabel = "HOST",
            description = "A host whose server has no vote; may be given again.")
    private List<String> observers = new ArrayList<>();

    @Parameters(paramLabel = "HOST", arity = "0..*", description = "The voters.")
    private List<String> hosts = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    EnsembleCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path target = out;
        if (target != null) {
            writeConfig(target);
            return 0;
        }
        if (!hosts.isEmpty() || !observers.isEmpty()) {
            throw wrongUse("hosts are only of use with --write-config");
        }
        return run();
    }

    private CommandLine.ParameterException wrongUse(String why) {
        return new CommandLine.ParameterException(spec.commandLine(), why);
    }

    // ---- the files of a real ensemble

    private void writeConfig(Path target) throws IOException {
        List<String> all = new ArrayList<>(hosts);
        all.addAll(observers);
        if (hosts.isEmpty()) {
            throw wrongUse("--write-config needs hosts");
        }
        if (all.stream().distinct().count() < all.size()) {
            throw wrongUse("a host is named twice");
        }
        warnAboutSize(hosts.size());
        List<Member> members = members(all);
        for (Member member : members) {
            Path folder = target.resolve(all.get((int) member.serverId() - 1));
            EnsembleFiles.write(
                    folder,
                    folder,
                    confDir.resolve(EnsembleFiles.MEMBERS),
                    dataDir,
                    member.serverId(),
                    members,
                    List.of());
            System.out.printf(
                    "%s: copy %s and %s to %s, myid to %s; start with: quorate serve %s%n",
                    folder,
                    EnsembleFiles.CONFIG,
                    EnsembleFiles.MEMBERS,
                    confDir,
                    dataDir,
                    confDir.resolve(EnsembleFiles.CONFIG));
        }
        System.out.println("connect string: " + connectString(all));
    }

    private List<Member> members(List<String> all) {
        List<Member> members = new ArrayList<>();
        try {
            for (int i = 0; i < all.size(); i++) {
                members.add(
                        new Member(
                                i + 1,
                                List.of(new Member.Address(all.get(i), quorumPort, electionPort)),
                                i < hosts.size() ? Member.Role.PARTICIPANT : Member.Role.OBSERVER,
                                new Endpoint("0.0.0.0", clientPort)));
            }
        } catch (ConfigSyntaxException e) {
            throw wrongUse(String.valueOf(e.getMessage()));
        }
        return members;
    }

    private String connectString(List<String> all) {
        return String.join(
                ",", all.stream().map(host -> new Endpoint(host, clientPort).toString()).toList());
    }

    private static void warnAboutSize(int voters) {
        if (voters % 2 == 0) {
            System.err.printf(
                    "quorate: %d voters survive no more failures than %d%n", voters, voters - 1);
        }
    }

    // ---- a local ensemble

    private int run() throws IOException, InterruptedException {
        LocalEnsemble ensemble;
        try {
            ensemble = LocalEnsemble.start(files());
        } catch (ConfigException e) {
            return ServeCommand.refuse(e, ServeCommand.WRONG_CONFIG);
        } catch (StartException e) {
            return ServeCommand.refuse(e, ServeCommand.exitCode(e));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(ensemble), "quorate-stop"));
        System.out.println("connect with: quorate shell " + ensemble.connectString());
        while (true) {
            System.out.println(ensemble.nextLine());
        }
    }

    private List<Path> files() throws IOException {
        Integer told = size;
        int wanted = told == null ? SIZE : told;
        if (wanted < 1 || wanted > SIZE_MAX) {
            throw wrongUse("--size must be 1 to %d, not %d".formatted(SIZE_MAX, wanted));
        }
        List<Path> files = LocalFiles.find(dir);
        if (files.isEmpty()) {
            warnAboutSize(wanted);
            return LocalFiles.make(dir, wanted);
        }
        if (told != null && files.size() != told) {
            throw wrongUse("%s has an ensemble of %d".formatted(dir, files.size()));
        }
        return files;
    }

    /** The JVM would end with 130 behind a clean stop; 0 says what is true. */
    private static void stop(LocalEnsemble ensemble) {
        ensemble.close();
        System.out.println("stopped");
        Runtime.getRuntime().halt(ServeCommand.STOPPED);
    }
}
