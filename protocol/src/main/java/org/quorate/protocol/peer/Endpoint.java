package org.quorate.protocol.peer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A host, by name or address, and a port. Never resolved here.
 *
 * @param host without brackets, also for IPv6
 * @param port 0 to 65535
 */
public record Endpoint(String host, int port) {
    static final int PORT_MAX = 65535;

    public Endpoint {
        if (port < 0 || port > PORT_MAX) {
            throw new ConfigSyntaxException(
                    "port %d of %s is not 0 to 65535".formatted(port, host));
        }
    }

    /**
     * Reads {@code host:port}, IPv6 in brackets.
     *
     * @throws ConfigSyntaxException if it is anything else
     */
    public static Endpoint parse(String text) {
        List<String> parts = split(text);
        if (parts.size() != 2) {
            throw new ConfigSyntaxException("'%s' is not host:port".formatted(text));
        }
        return new Endpoint(parts.get(0), parsePort(parts.get(1), text));
    }

    /** True for the addresses that mean "all interfaces": nobody can dial them. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
    }

    /** The host as it stands before a colon: IPv6 in brackets. */
    public String bracketedHost() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    @Override
    public String toString() {
        return bracketedHost() + ":" + port;
    }

    /** Splits at colons, but not inside the brackets of a host. Empty parts at the end go. */
    static List<String> split(String text) {
        if (!text.startsWith("[")) {
            return splitAtColons(text);
        }
        int bracket = text.indexOf(']');
        if (bracket < 0) {
            throw new ConfigSyntaxException("'%s' has [ without ]".formatted(text));
        }
        List<String> parts = new ArrayList<>();
        parts.add(text.substring(1, bracket));
        String rest = text.substring(bracket + 1);
        if (!rest.isEmpty()) {
            if (rest.length() == 1 || rest.charAt(0) != ':') {
                throw new ConfigSyntaxException("'%s' has no port behind ]".formatted(text));
            }
            parts.addAll(splitAtColons(rest.substring(1)));
        }
        return parts;
    }

    static int parsePort(String port, String where) {
        try {
            return Integer.parseInt(port);
        } catch (NumberFormatException e) {
            throw new ConfigSyntaxException("'%s' in '%s' is not a port".formatted(port, where));
        }
    }

    private static List<String> splitAtColons(String text) {
        List<String> parts = new ArrayList<>();
        Collections.addAll(parts, text.split(":"));
        return parts;
    }
}
