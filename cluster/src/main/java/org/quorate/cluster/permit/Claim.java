package org.quorate.cluster.permit;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One claim in a queue, as its znode's name tells it. Immutable.
 *
 * @param kind what is claimed
 * @param weight how much of it, positive
 * @param number its place; the service counts up and wraps around
 * @param name of the znode
 */
record Claim(Kind kind, int weight, int number, String name) {
    enum Kind {
        PERMIT('p'),
        READ('r'),
        WRITE('w');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    private static final Pattern NAME =
            Pattern.compile("([prw])([1-9][0-9]{0,8})-[0-9a-f]+-(-?[0-9]{10})");

    // Differences wrap like the numbers do, as long as fewer than 2^31 claims stand at once.
    private static final Comparator<Claim> BY_PLACE = (a, b) -> a.number - b.number;

    /** The name to create; the service appends the number. */
    static String prefix(Kind kind, int weight, String nonce) {
        return kind.letter + Integer.toString(weight) + "-" + nonce + "-";
    }

    /** Reads a name; empty for a znode that is no claim. */
    static Optional<Claim> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        char letter = matcher.group(1).charAt(0);
        for (Kind kind : Kind.values()) {
            if (kind.letter == letter) {
                int weight = Integer.parseInt(matcher.group(2));
                return Optional.of(
                        new Claim(kind, weight, Integer.parseInt(matcher.group(3)), name));
            }
        }
        return Optional.empty();
    }

    /** The claims among {@code names}, from the front of the queue. */
    static List<Claim> inOrder(List<String> names) {
        return names.stream().map(Claim::parse).flatMap(Optional::stream).sorted(BY_PLACE).toList();
    }

    static Stream<String> names(List<Claim> claims) {
        return claims.stream().map(Claim::name);
    }
}
