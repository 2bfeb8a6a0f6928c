package org.quorate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.quorate.cli.ensemble.BriefEnsemble;
import org.quorate.node.Quorate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code quorate train}: does in a short time what a server does in its life, so that the JVM can
 * note which classes and which profiles of methods that takes. The launcher lets the JVM write them
 * into its ahead-of-time cache, and every later start begins with them.
 */
@Command(
        name = "train",
        description = "Make the ahead-of-time cache that lets a server start faster.",
        mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    private static final int STARTS = 4;

    /** An ensemble shares the processors and three logs: it does a part of what one server does. */
    private static final int ENSEMBLE_PART = 20;

    private static final int LEADERS = 3;

    /** So often that the JVM finds it worth compiling, and compiles it early in later starts. */
    private static final int ZNODES_A_HAND_OVER = 500;

    private static final int ZNODES_WRITTEN = 12;

    @Option(names = "--znodes", description = "how many are made (default: ${DEFAULT-VALUE})")
    private int znodes = 150_000;

    @Override
    public Integer call() throws IOException {
        Path dir = Files.createTempDirectory("quorate-train");
        try {
            for (int start = 0; start < STARTS; start++) {
                live(dir.resolve("alone"), start);
            }
            elect(dir.resolve("ensemble"));
        } finally {
            deleteAll(dir);
        }
        return 0;
    }

    /**
     * One life of a server; the second one finds a log, the third one a snapshot too, the last one
     * an image beside it.
     */
    private void live(Path dir, int start) throws IOException {
        boolean images = start >= STARTS - 2;
        try (Quorate server =
                        Quorate.builder()
                                .dataDir(dir)
                                .property("zookeeper.snapshot.image", String.valueOf(images))
                                .start();
                Exercise exercise = new Exercise(server.port())) {
            if (start == 0) {
                exercise.makeZnodes(znodes);
            } else if (start < STARTS - 1) {
                server.server().snapshot();
            }
            exercise.workOn(znodes);
        }
    }

    /** A life among others: everyone's clients are busy under one leader and the next. */
    private void elect(Path dir) throws IOException {
        int count = Math.max(1, znodes / ENSEMBLE_PART);
        try (BriefEnsemble ensemble = BriefEnsemble.start(dir)) {
            try (Exercise exercise = new Exercise(ensemble.ports().getFirst())) {
                exercise.makeZnodes(count);
            }
            for (int leader = 0; leader < LEADERS; leader++) {
                for (int port : ensemble.ports()) {
                    try (Exercise exercise = new Exercise(port)) {
                        exercise.workOn(count);
                    }
                }
                ensemble.changeLeader();
            }
            handOver(ensemble, Math.max(1, znodes / ZNODES_A_HAND_OVER));
        }
    }

    /** Clients of each server write now and then while leadership goes round. */
    private static void handOver(BriefEnsemble ensemble, int times) throws IOException {
        List<Exercise> exercises = new ArrayList<>();
        try {
            for (int port : ensemble.ports()) {
                exercises.add(new Exercise(port));
            }
            for (int time = 0; time < times; time++) {
                for (Exercise exercise : exercises) {
                    exercise.workOn(ZNODES_WRITTEN);
                }
                ensemble.handOver();
            }
        } finally {
            for (Exercise exercise : exercises) {
                exercise.close();
            }
        }
    }

    private static void deleteAll(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
