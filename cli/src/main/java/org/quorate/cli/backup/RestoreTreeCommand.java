package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate backup restore-tree}: one subtree, into an ensemble that serves. */
@Command(
        name = "restore-tree",
        description =
                "Bring a subtree of a serving ensemble, Quorate's or ZooKeeper's, to what a backup"
                        + " has.",
        footer = {
            "",
            "Missing znodes are created and differing ones set, by transactions of up to 100",
            "operations; what is alike is left alone, so an interrupted run is simply run again.",
            "Ephemeral znodes are not restored: their sessions are gone."
        },
        mixinStandardHelpOptions = true)
final class RestoreTreeCommand implements Callable<Integer> {
    private static final int SHOWN_MAX = 20;

    @Spec private CommandSpec spec;
    @Mixin private Place.Source from = new Place.Source();
    @Mixin private Choice choice = new Choice();

    @Option(names = "--path", paramLabel = "PATH", required = true, description = "Its top.")
    private String path = "";

    @Option(
            names = "--into",
            paramLabel = "PATH",
            description = "Another top in the ensemble, whose parent is there.")
    private @Nullable String into;

    @Option(
            names = "--connect",
            paramLabel = "HOST:PORT",
            required = true,
            description = "The ensemble, as a client is told it.")
    private String connect = "";

    @Option(
            names = "--auth",
            paramLabel = "SCHEME:DATA",
            description =
                    "As who: digest:user:password. Whoever may not read cannot compare. Others on"
                            + " this machine see it: better --auth-file.")
    private List<String> auths = new ArrayList<>();

    @Option(
            names = "--auth-file",
            paramLabel = "FILE",
            description = "The same from a file, a line for each.")
    private @Nullable Path authFile;

    @Option(names = "--delete", description = "Delete what the backup does not have.")
    private boolean deletes;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--verbose", description = "Say every change, not the first 20 only.")
    private boolean verbose;

    @Option(names = "--timeout", paramLabel = "MS", description = "Of the session (30000).")
    private int timeoutMillis = 30_000;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    RestoreTreeCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        String top = checked(path);
        String target = into == null ? top : checked(into);
        List<Wanted> wanted = new ArrayList<>();
        try (Repository repository = from.open()) {
            Manifest backup = repository.find(choice.id());
            Path proof = Files.createTempDirectory(repository.work(), "proof-");
            try {
                IOException[] failed = new IOException[1];
                Restored restored =
                        Restored.make(
                                "unpack",
                                repository,
                                backup,
                                proof,
                                choice.point(),
                                tree -> {
                                    try {
                                        wanted.addAll(Subtree.of(tree, top));
                                    } catch (IOException e) {
                                        failed[0] = e;
                                    }
                                });
                if (failed[0] != null) {
                    throw failed[0];
                }
                System.out.println(
                        "%s at 0x%x of backup %s: %d znodes"
                                .formatted(top, restored.lastZxid(), backup.id(), wanted.size()));
            } finally {
                Restored.delete(proof);
            }
        }
        ZooKeeper client = connected();
        try {
            Subtree subtree = new Subtree(client, top, target, deletes, dryRun, teller());
            print(subtree.restore(wanted));
        } finally {
            client.close();
        }
        return 0;
    }

    private String checked(String told) {
        try {
            PathUtils.validatePath(told);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), String.valueOf(e.getMessage()));
        }
        if (told.equals("/zookeeper") || told.startsWith("/zookeeper/")) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "/zookeeper belongs to the servers");
        }
        return told;
    }

    private ZooKeeper connected() throws IOException, InterruptedException {
        List<String> who = new ArrayList<>(auths);
        if (authFile != null) {
            who.addAll(Files.readAllLines(authFile));
        }
        CountDownLatch up = new CountDownLatch(1);
        ZooKeeper client =
                new ZooKeeper(
                        connect,
                        timeoutMillis,
                        event -> {
                            if (event.getState() == KeeperState.SyncConnected) {
                                up.countDown();
                            }
                        });
        if (!up.await(timeoutMillis, TimeUnit.MILLISECONDS)) {
            client.close();
            throw new IOException(
                    "cannot connect to %s within %d ms".formatted(connect, timeoutMillis));
        }
        for (String auth : who) {
            int colon = auth.indexOf(':');
            if (colon < 0) {
                client.close();
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "who it is has the form scheme:data");
            }
            client.addAuthInfo(
                    auth.substring(0, colon),
                    auth.substring(colon + 1).getBytes(StandardCharsets.UTF_8));
        }
        return client;
    }

    private Consumer<String> teller() {
        int[] told = new int[1];
        return change -> {
            if (verbose || ++told[0] <= SHOWN_MAX) {
                System.out.println((dryRun ? "would " : "") + change);
            } else if (told[0] == SHOWN_MAX + 1) {
                System.out.println("… (--verbose says all)");
            }
        };
    }

    private void print(Subtree.Outcome outcome) {
        System.out.println(
                "%s%d created, %d set, %d access lists set, %d deleted, %d were alike, %d ephemerals left"
                        .formatted(
                                dryRun ? "nothing was changed; to be done: " : "",
                                outcome.created(),
                                outcome.set(),
                                outcome.acls(),
                                outcome.deleted(),
                                outcome.alike(),
                                outcome.ephemerals()));
    }
}
