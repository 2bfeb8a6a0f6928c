package org.quorate.node.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who has signed in. A browser holds a random token, this server its hash; both end with the
 * server. Passwords are tried one at a time and {@link #FAILURES_MAX} times a minute. Any thread
 * that may wait.
 */
final class Logins {
    /** Wrong passwords in a minute, from everywhere together; then nobody is let in for a while. */
    static final int FAILURES_MAX = 5;

    static final long FAILURES_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Logins at a time; one more ends the oldest. */
    static final int LOGINS_MAX = 64;

    static final long IDLE_NANOS_MAX = TimeUnit.MINUTES.toNanos(30);
    static final long AGE_NANOS_MAX = TimeUnit.HOURS.toNanos(12);

    private static final int TOKEN_BYTES = 32;

    private final @Nullable Predicate<char[]> password;
    private final LongSupplier nowNanos;
    private final SecureRandom random = new SecureRandom();

    // Guards the fields below; held while a password is checked, so that guesses queue up.
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Long> failures = new ArrayDeque<>();
    private final Map<String, Login> byTokenHash = new LinkedHashMap<>();

    /** When it began, and when it was last used. */
    private record Login(long sinceNanos, long usedNanos) {}

    /**
     * @param password knows the right one; null if nobody can sign in
     */
    Logins(@Nullable Predicate<char[]> password, LongSupplier nowNanos) {
        this.password = password;
        this.nowNanos = nowNanos;
    }

    /** Can anybody sign in at all? */
    boolean isEnabled() {
        return password != null;
    }

    /**
     * Tries a password.
     *
     * @return the token for the browser
     * @throws Refusal with the status 401 if it is wrong, 429 after too many wrong ones
     */
    String signIn(char[] tried) throws Refusal {
        Predicate<char[]> known = password;
        if (known == null) {
            throw new Refusal(403, "no password is configured");
        }
        lock.lock();
        try {
            long now = nowNanos.getAsLong();
            while (!failures.isEmpty() && now - failures.getFirst() > FAILURES_NANOS) {
                failures.removeFirst();
            }
            if (failures.size() >= FAILURES_MAX) {
                throw new Refusal(429, "too many wrong passwords; try again in a minute");
            }
            if (!known.test(tried)) {
                failures.add(now);
                throw new Refusal(401, "the password is wrong");
            }
            if (byTokenHash.size() == LOGINS_MAX) {
                byTokenHash.remove(byTokenHash.keySet().iterator().next());
            }
            byte[] token = new byte[TOKEN_BYTES];
            random.nextBytes(token);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
            byTokenHash.put(hash(text), new Login(now, now));
            return text;
        } finally {
            lock.unlock();
        }
    }

    /** Is it the token of somebody who has signed in, not too long ago? Counts as use. */
    boolean isSignedIn(@Nullable String token) {
        return isSignedIn(token, true);
    }

    /** The same for what a page asks by itself: does not count as use. */
    boolean isStillSignedIn(@Nullable String token) {
        return isSignedIn(token, false);
    }

    private boolean isSignedIn(@Nullable String token, boolean use) {
        if (token == null) {
            return false;
        }
        lock.lock();
        try {
            String key = hash(token);
            Login login = byTokenHash.get(key);
            if (login == null) {
                return false;
            }
            long now = nowNanos.getAsLong();
            if (now - login.sinceNanos() > AGE_NANOS_MAX
                    || now - login.usedNanos() > IDLE_NANOS_MAX) {
                byTokenHash.remove(key);
                return false;
            }
            if (use) {
                byTokenHash.put(key, new Login(login.sinceNanos(), now));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void signOut(@Nullable String token) {
        if (token != null) {
            lock.lock();
            try {
                byTokenHash.remove(hash(token));
            } finally {
                lock.unlock();
            }
        }
    }

    private static String hash(String token) {
        try {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
