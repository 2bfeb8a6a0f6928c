package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.bench.ServerProcess;

/**
 * The same random operations, several sessions, to a real ZooKeeper and to Quorate: replies,
 * errors, Stats, zxids and events are compared frame by frame. {@code -Ddifferential.operations=N}
 * and {@code -Ddifferential.seed=S} make a longer run, or the same one again; {@code
 * -Ddifferential.ours=ZOOKEEPER} shows that the comparison itself is fair.
 */
class DifferentialTest {
    private static final int SESSIONS = 4;
    private static final int OPERATIONS = Integer.getInteger("differential.operations", 200_000);
    private static final ServerProcess.Kind OURS =
            ServerProcess.Kind.valueOf(System.getProperty("differential.ours", "QUORATE"));
    private static final List<String> CONFIG =
            List.of("tickTime=2000", "maxClientCnxns=0", "reconfigEnabled=true");
    private static final List<String> JVM_ARGS =
            List.of(
                    "-Dzookeeper.forceSync=no",
                    "-Dzookeeper.extendedTypesEnabled=true",
                    "-Dzookeeper.enforceQuota=true",
                    "-Dznode.container.checkIntervalMs=100000000");

    @Test
    void randomOperationsAreAnsweredAsZooKeeperAnswersThem() throws IOException {
        long seed = Long.getLong("differential.seed", new Random().nextLong());
        System.out.println("differential seed " + seed);
        try (ServerProcess real = start(ServerProcess.Kind.ZOOKEEPER);
                ServerProcess ours = start(OURS);
                World expected = new World(real.clientPort(), SESSIONS);
                World actual = new World(ours.clientPort(), SESSIONS)) {
            RandomOperations steps = new RandomOperations(seed, SESSIONS);
            int done = 0;
            for (int number = 0; done < OPERATIONS; number++) {
                Step step = steps.next();
                assertThat(actual.run(step))
                        .as("seed %d, step %d: %s", seed, number, step)
                        .isEqualTo(expected.run(step));
                done += Math.max(1, step.ops().size());
            }
            assertThat(done).isGreaterThanOrEqualTo(OPERATIONS);
        }
    }

    private static ServerProcess start(ServerProcess.Kind kind) throws IOException {
        return ServerProcess.start(kind, CONFIG, JVM_ARGS);
    }
}
