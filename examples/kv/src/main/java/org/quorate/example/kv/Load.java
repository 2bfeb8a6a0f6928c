package org.quorate.example.kv;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writers that count upwards, each at keys of its own, and remember what was acknowledged. Whatever
 * happens to the nodes, a key must never show less than that.
 */
final class Load implements AutoCloseable {
    private static final int KEYS_PER_WRITER = 100;

    private final Client client;
    private final long[][] acknowledged;
    private final List<Thread> writers = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final AtomicLong violations = new AtomicLong();

    Load(Client client, int count) {
        this.client = client;
        this.acknowledged = new long[count][KEYS_PER_WRITER];
        for (int w = 0; w < count; w++) {
            int writer = w;
            writers.add(Thread.ofPlatform().name("writer-" + w).start(() -> write(writer)));
        }
    }

    private void write(int writer) {
        long number = 0;
        long lastNanos = System.nanoTime();
        while (!stopped.get()) {
            int key = (int) (number++ % KEYS_PER_WRITER);
            try {
                client.put(name(writer, key), Long.toString(number));
                acknowledged[writer][key] = number;
                writes.incrementAndGet();
                long now = System.nanoTime();
                longestGapNanos.accumulateAndGet(now - lastNanos, Math::max);
                lastNanos = now;
                if (number % 10 == 0) {
                    check(writer, key);
                }
            } catch (IOException e) {
                failures.incrementAndGet();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static String name(int writer, int key) {
        return "key-" + writer + "-" + key;
    }

    private void check(int writer, int key) throws IOException, InterruptedException {
        Optional<String> value = client.get(name(writer, key));
        long shown = value.map(Long::parseLong).orElse(0L);
        if (shown < acknowledged[writer][key]) {
            violations.incrementAndGet();
            System.err.printf(
                    "LOST: %s shows %d, but %d was acknowledged%n",
                    name(writer, key), shown, acknowledged[writer][key]);
        }
    }

    long writes() {
        return writes.get();
    }

    /** Calls that were given up; their writes may have happened or not. */
    long failures() {
        return failures.get();
    }

    /** The longest time that a writer waited for one write since the last question, in ms. */
    long longestGapMillis() {
        return longestGapNanos.getAndSet(0) / 1_000_000;
    }

    /** Stops writing, reads every key, and says how many acknowledged writes were ever missing. */
    long verify() throws IOException, InterruptedException {
        close();
        for (int w = 0; w < acknowledged.length; w++) {
            for (int key = 0; key < KEYS_PER_WRITER; key++) {
                check(w, key);
            }
        }
        return violations.get();
    }

    /** Stops writing. */
    @Override
    public void close() {
        stopped.set(true);
        try {
            for (Thread writer : writers) {
                writer.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
