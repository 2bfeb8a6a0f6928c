package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.bench.ServerProcess;

/**
 * The server is killed in the middle of writing, again and again, as {@code kill -9} does: what was
 * acknowledged is there afterwards, and of each multi all or nothing. {@code -Dkill.times=1000}
 * makes the long run ({@code compat/kill}), {@code -Dkill.seed=S} the same one again, {@code
 * -Dkill.server=ZOOKEEPER} tries the test itself.
 */
class KillTest {
    private static final int TIMES = Integer.getInteger("kill.times", 10);
    private static final ServerProcess.Kind SERVER =
            ServerProcess.Kind.valueOf(System.getProperty("kill.server", "QUORATE"));
    private static final int WRITERS = 4;
    private static final int WRITING_MILLIS_MAX = 150;

    @Test
    void whatWasAcknowledgedSurvivesKills() throws Exception {
        long seed = Long.getLong("kill.seed", new Random().nextLong());
        System.out.println("kill seed " + seed);
        Random random = new Random(seed);
        long acknowledged = 0;
        try (ServerProcess server =
                ServerProcess.start(
                        SERVER,
                        List.of("tickTime=2000", "snapCount=2000"),
                        List.of("-Dzookeeper.preAllocSize=1024"))) {
            List<PairWriter> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new PairWriter(server.clientPort(), "/w" + i));
            }
            for (int time = 0; time < TIMES; time++) {
                List<Thread> threads = writers.stream().map(Thread::startVirtualThread).toList();
                Thread.sleep(1 + random.nextInt(WRITING_MILLIS_MAX));
                server.killHard();
                for (Thread thread : threads) {
                    thread.join();
                }
                server.restart();
                for (PairWriter writer : writers) {
                    acknowledged += writer.check();
                }
                if ((time + 1) % 50 == 0) {
                    System.out.println(
                            time
                                    + 1
                                    + " kills, "
                                    + acknowledged
                                    + " acknowledged writes, none lost");
                }
            }
        }
        assertThat(acknowledged).isPositive();
    }
}
