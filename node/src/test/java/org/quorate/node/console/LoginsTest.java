package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who is let in, and for how long. */
class LoginsTest {
    private final AtomicLong clock = new AtomicLong();
    private final Logins logins =
            new Logins(tried -> new String(tried).equals("correct horse"), clock::get);

    private String signIn(String password) throws Refusal {
        return logins.signIn(password.toCharArray());
    }

    @Test
    void theRightPasswordLetsIn() throws Refusal {
        String token = signIn("correct horse");
        assertThat(logins.isSignedIn(token)).isTrue();
        assertThat(logins.isSignedIn(token + "x")).isFalse();
        assertThat(logins.isSignedIn(null)).isFalse();
        assertThat(signIn("correct horse")).isNotEqualTo(token);
    }

    @Test
    void aWrongPasswordDoesNot() {
        assertThatThrownBy(() -> signIn("wrong"))
                .isInstanceOfSatisfying(
                        Refusal.class, refused -> assertThat(refused.status).isEqualTo(401));
    }

    @Test
    void afterTooManyWrongOnesEvenTheRightOneHasToWait() throws Refusal {
        for (int i = 0; i < Logins.FAILURES_MAX; i++) {
            assertThatThrownBy(() -> signIn("wrong")).hasMessage("the password is wrong");
        }
        assertThatThrownBy(() -> signIn("correct horse"))
                .isInstanceOfSatisfying(
                        Refusal.class, refused -> assertThat(refused.status).isEqualTo(429));
        clock.addAndGet(Logins.FAILURES_NANOS + 1);
        assertThat(logins.isSignedIn(signIn("correct horse"))).isTrue();
    }

    @Test
    void aLoginEndsWhenItIsNotUsedAndWhenItIsOld() throws Refusal {
        String token = signIn("correct horse");
        clock.addAndGet(Logins.IDLE_NANOS_MAX);
        assertThat(logins.isSignedIn(token)).isTrue();
        clock.addAndGet(Logins.IDLE_NANOS_MAX + 1);
        assertThat(logins.isSignedIn(token)).isFalse();

        String used = signIn("correct horse");
        for (long age = 0; age <= Logins.AGE_NANOS_MAX; age += Logins.IDLE_NANOS_MAX) {
            assertThat(logins.isSignedIn(used)).isTrue();
            clock.addAndGet(Logins.IDLE_NANOS_MAX);
        }
        assertThat(logins.isSignedIn(used)).isFalse();
    }

    @Test
    void whatAPageAsksByItselfIsNoUse() throws Refusal {
        String token = signIn("correct horse");
        clock.addAndGet(Logins.IDLE_NANOS_MAX);
        assertThat(logins.isStillSignedIn(token)).isTrue();
        clock.addAndGet(1);
        assertThat(logins.isStillSignedIn(token)).isFalse();
        assertThat(logins.isSignedIn(token)).isFalse();
    }

    @Test
    void whoSignsOutIsOut() throws Refusal {
        String token = signIn("correct horse");
        logins.signOut(token);
        assertThat(logins.isSignedIn(token)).isFalse();
    }

    @Test
    void oneLoginTooManyEndsTheOldest() throws Refusal {
        String first = signIn("correct horse");
        for (int i = 0; i < Logins.LOGINS_MAX; i++) {
            signIn("correct horse");
        }
        assertThat(logins.isSignedIn(first)).isFalse();
    }

    @Test
    void withoutAPasswordNobodyIsLetIn() {
        Logins none = new Logins(null, clock::get);
        assertThat(none.isEnabled()).isFalse();
        assertThatThrownBy(() -> none.signIn("".toCharArray()))
                .hasMessage("no password is configured");
    }
}
