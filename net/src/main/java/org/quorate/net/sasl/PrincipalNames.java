package org.quorate.net.sasl;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;

/**
 * What a principal is called in access lists, by the rules and switches that ZooKeeper has for it:
 * {@code security.auth_to_local} makes the first part, {@code kerberos.removeHostFromPrincipal} and
 * {@code kerberos.removeRealmFromPrincipal} say what stays behind it. Immutable; any thread.
 */
public final class PrincipalNames {
    /** The rule that takes the first part of names of the machine's own realm. */
    public static final String DEFAULT_RULES = "DEFAULT";

    private static final Pattern PRINCIPAL = Pattern.compile("([^/@]*)(?:/([^/@]*))?@([^/@]*)");
    private static final Pattern RULE =
            Pattern.compile(
                    "\\s*(?:(?<default>DEFAULT)|RULE:\\[(?<parts>\\d+):(?<format>[^\\]]*)\\]"
                            + "(?:\\((?<match>[^)]*)\\))?"
                            + "(?:s/(?<from>[^/]*)/(?<to>[^/]*)/(?<all>g)?)?)\\s*");
    private static final Pattern PART = Pattern.compile("\\$(\\d+)");

    /** The parts of a principal; host and realm are null where there are none. */
    private record Parts(String service, @Nullable String host, @Nullable String realm) {
        /**
         * @throws SaslException if there is more than one slash or at
         */
        static Parts of(String principal) throws SaslException {
            Matcher matcher = PRINCIPAL.matcher(principal);
            if (matcher.matches()) {
                return new Parts(matcher.group(1), matcher.group(2), matcher.group(3));
            }
            if (principal.contains("@")) {
                throw new SaslException("'%s' is no name of a principal".formatted(principal));
            }
            return new Parts(principal, null, null);
        }
    }

    /** How a short name is made; null if the rule does not apply. */
    private interface Rule {
        @Nullable String apply(Parts parts);
    }

    private final List<Rule> rules;
    private final boolean removesHost;
    private final boolean removesRealm;

    /**
     * @param rules in the form of {@code auth_to_local} of Kerberos, one behind the other
     * @throws IllegalArgumentException if they cannot be read
     */
    public PrincipalNames(String rules, boolean removesHost, boolean removesRealm) {
        this.rules = parse(rules);
        this.removesHost = removesHost;
        this.removesRealm = removesRealm;
    }

    /**
     * The name of a principal.
     *
     * @return null if no rule applies
     * @throws SaslException if it is no name of a principal
     */
    public @Nullable String of(String principal) throws SaslException {
        Parts parts = Parts.of(principal);
        String shortName = shortName(parts);
        if (shortName == null) {
            return null;
        }
        StringBuilder name = new StringBuilder(shortName);
        if (parts.host != null && !removesHost) {
            name.append('/').append(parts.host);
        }
        if (parts.realm != null && !removesRealm) {
            name.append('@').append(parts.realm);
        }
        return name.toString();
    }

    private @Nullable String shortName(Parts parts) {
        if (parts.host == null && parts.realm == null) {
            return parts.service;
        }
        for (Rule rule : rules) {
            String name = rule.apply(parts);
            if (name != null) {
                boolean simple = !name.contains("/") && !name.contains("@");
                return simple ? name : null;
            }
        }
        return null;
    }

    private static List<Rule> parse(String text) {
        List<Rule> rules = new ArrayList<>();
        Matcher matcher = RULE.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.region(at, text.length()).lookingAt() || matcher.end() == at) {
                throw new IllegalArgumentException("no rule: " + text.substring(at));
            }
            rules.add(matcher.group("default") != null ? ofOwnRealm() : rule(matcher));
            at = matcher.end();
        }
        return List.copyOf(rules);
    }

    private static Rule ofOwnRealm() {
        String own = ownRealm();
        return parts -> own.equals(parts.realm) ? parts.service : null;
    }

    /** The default realm of the machine's Kerberos configuration; empty without one. */
    private static String ownRealm() {
        try {
            return new KerberosPrincipal("own", KerberosPrincipal.KRB_NT_PRINCIPAL).getRealm();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static Rule rule(Matcher matcher) {
        int count = Integer.parseInt(matcher.group("parts"));
        String format = matcher.group("format");
        String condition = matcher.group("match");
        String from = matcher.group("from");
        String to = matcher.group("to");
        boolean all = matcher.group("all") != null;
        Pattern match;
        Pattern replaced;
        try {
            match = condition == null ? null : Pattern.compile(condition);
            replaced = from == null ? null : Pattern.compile(from);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("no rule: " + e.getMessage(), e);
        }
        return parts -> {
            if ((parts.host == null ? 1 : 2) != count) {
                return null;
            }
            String base = fill(format, parts);
            if (base == null || match != null && !match.matcher(base).matches()) {
                return null;
            }
            if (replaced == null) {
                return base;
            }
            Matcher found = replaced.matcher(base);
            return all ? found.replaceAll(to) : found.replaceFirst(to);
        };
    }

    /** Puts realm, service and host in the place of $0, $1, $2; null if there is no such part. */
    private static @Nullable String fill(String format, Parts parts) {
        StringBuilder filled = new StringBuilder();
        Matcher matcher = PART.matcher(format);
        int at = 0;
        while (matcher.find()) {
            String part =
                    switch (matcher.group(1)) {
                        case "0" -> parts.realm;
                        case "1" -> parts.service;
                        case "2" -> parts.host;
                        default -> null;
                    };
            if (part == null) {
                return null;
            }
            filled.append(format, at, matcher.start()).append(part);
            at = matcher.end();
        }
        return filled.append(format.substring(at)).toString();
    }
}
