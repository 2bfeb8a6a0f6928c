package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionClockTest {
    private static final long MILLI = 1_000_000L;

    private final SessionClock clock = new SessionClock(1000);

    @Test
    void aSilentSessionLivesItsTimeoutAndAtMostATickMore() {
        clock.nextExpired(0);
        Session session = session(1, 4000, 500);
        clock.add(session, 500 * MILLI);
        assertThat(clock.nextExpired(4999 * MILLI)).isNull();
        assertThat(clock.nextExpired(5000 * MILLI)).isSameAs(session);
        assertThat(clock.nextExpired(9000 * MILLI)).isNull();
        assertThat(clock.size()).isZero();
    }

    @Test
    void aDeadlineOnATickIsRoundedUpToTheNext() {
        clock.nextExpired(0);
        Session session = session(1, 4000, 1000);
        clock.add(session, 1000 * MILLI);
        assertThat(clock.nextExpired(5999 * MILLI)).isNull();
        assertThat(clock.nextExpired(6000 * MILLI)).isSameAs(session);
    }

    @Test
    void aSignOfLifeOfTheConnectionCountsWithoutAnybodyNotingIt() {
        clock.nextExpired(0);
        Session session = session(1, 4000, 0);
        session.connection = new Connection(1, "a", List.of(), true, new Contact());
        clock.add(session, 0);
        session.connection.touch(3900 * MILLI);
        assertThat(clock.nextExpired(7999 * MILLI)).isNull();
        assertThat(clock.nextExpired(8000 * MILLI)).isSameAs(session);
    }

    @Test
    void aShorterTimeoutTakesEffectAtOnce() {
        clock.nextExpired(0);
        Session session = session(1, 40_000, 0);
        clock.add(session, 0);
        session.timeoutMillis = 2000;
        clock.add(session, 100 * MILLI);
        assertThat(clock.size()).isEqualTo(1);
        assertThat(clock.nextExpired(3000 * MILLI)).isSameAs(session);
    }

    @Test
    void aTimeoutBeyondTheWheelIsKept() {
        clock.nextExpired(0);
        Session session = session(1, 5_000_000, 0);
        clock.add(session, 0);
        for (long now = 0; now < 5_001_000; now += 1000) {
            assertThat(clock.nextExpired(now * MILLI)).isNull();
        }
        assertThat(clock.nextExpired(5_001_000 * MILLI)).isSameAs(session);
    }

    @Test
    void afterALongPauseEveryBucketIsLookedAt() {
        clock.nextExpired(0);
        Set<Session> all = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            Session session = session(i, 1000 * (i + 1), 0);
            clock.add(session, 0);
            all.add(session);
        }
        long now = 10_000_000 * MILLI;
        for (Session s = clock.nextExpired(now); s != null; s = clock.nextExpired(now)) {
            all.remove(s);
        }
        assertThat(all).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itAgreesWithAPlainListOfDeadlines(long seed) {
        Random random = new Random(seed);
        Map<Session, Long> lastSigns = new HashMap<>();
        long now = 0;
        clock.nextExpired(0);
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(200) * MILLI;
            int what = random.nextInt(10);
            if (what == 0) {
                Session added = session(step, 2000 + random.nextInt(18_000), now / MILLI);
                lastSigns.put(added, now);
                clock.add(added, now);
            } else if (what < 8 && !lastSigns.isEmpty()) {
                Session touched = pick(random, lastSigns);
                touched.touchedNanos = now;
                lastSigns.put(touched, now);
            } else if (what == 8 && !lastSigns.isEmpty() && random.nextInt(20) == 0) {
                Session removed = pick(random, lastSigns);
                lastSigns.remove(removed);
                clock.remove(removed);
            }
            Set<Session> expired = new HashSet<>();
            for (Session s = clock.nextExpired(now); s != null; s = clock.nextExpired(now)) {
                expired.add(s);
            }
            long at = now;
            Set<Session> expected = new HashSet<>();
            lastSigns.forEach((s, sign) -> {
                long deadline = (sign / MILLI + s.timeoutMillis) / 1000 * 1000 + 1000;
                if (at / MILLI >= deadline) {
                    expected.add(s);
                }
            });
            assertThat(expired).as("seed %d, step %d", seed, step).isEqualTo(expected);
            expected.forEach(lastSigns::remove);
            assertThat(clock.size()).isEqualTo(lastSigns.size());
        }
    }

    private static Session pick(Random random, Map<Session, Long> from) {
        return from.keySet().stream()
                .sorted(Comparator.comparingLong(s -> s.id))
                .skip(random.nextInt(from.size()))
                .findFirst()
                .orElseThrow();
    }

    private static Session session(long id, int timeoutMillis, long touchedMillis) {
        Session session = new Session(id, timeoutMillis);
        session.touchedNanos = touchedMillis * MILLI;
        return session;
    }
}
