package org.quorate.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The inputs that are kept for each target of fuzzing, and some made of them, without Jazzer: what
 * was found once stays found. {@code fuzz/run} looks for more.
 */
class FuzzCorpusTest {
    private static final Path CORPUS = Path.of("src", "test", "resources", "fuzz");
    private static final int MUTANTS = Integer.getInteger("fuzz.mutants", 300);

    /** Files and two commands each. */
    private static final Set<String> SLOW = Set.of("BackupFuzz");

    /** A target of fuzzing. */
    interface Target {
        void run(byte[] input) throws Throwable;
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of("ClientFuzz", (Target) ClientFuzz::fuzzerTestOneInput),
                Arguments.of("PeerFuzz", (Target) PeerFuzz::fuzzerTestOneInput),
                Arguments.of("SaslFuzz", (Target) SaslFuzz::fuzzerTestOneInput),
                Arguments.of("TlsFuzz", (Target) TlsFuzz::fuzzerTestOneInput),
                Arguments.of("ConfigFuzz", (Target) ConfigFuzz::fuzzerTestOneInput),
                Arguments.of("LogFuzz", (Target) LogFuzz::fuzzerTestOneInput),
                Arguments.of("SnapshotFuzz", (Target) SnapshotFuzz::fuzzerTestOneInput),
                Arguments.of("BackupFuzz", (Target) BackupFuzz::fuzzerTestOneInput));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("targets")
    void theInputsThatAreKeptAndSomeMadeOfThemShowNoFault(String name, Target target)
            throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
            for (Path file : files.sorted().toList()) {
                byte[] input = Files.readAllBytes(file);
                run(target, input, file.toString());
                inputs.add(input);
            }
        }
        assertThat(inputs).as("inputs kept for " + name).hasSizeGreaterThan(3);
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        int mutants = SLOW.contains(name) ? MUTANTS / 20 : MUTANTS;
        for (int i = 0; i < mutants; i++) {
            byte[] input = mutant(inputs.get(random.nextInt(inputs.size())), random);
            run(target, input, "mutant %d of -Dfuzz.seed=%d".formatted(i, seed));
        }
    }

    private static void run(Target target, byte[] input, String what) {
        try {
            target.run(input);
        } catch (Throwable e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }

    private static byte[] mutant(byte[] input, SplittableRandom random) {
        byte[] bytes = input.clone();
        if (random.nextInt(8) == 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
        }
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] =
                    random.nextBoolean()
                            ? (byte) random.nextInt()
                            : (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }
}
