package org.quorate.protocol.peer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One server of an ensemble, as a {@code server.N=…} line tells it (peer protocol §2).
 *
 * @param serverId N
 * @param addresses at least one, sorted by host
 * @param clientAddress where clients connect; null if it is told by {@code clientPort} of the
 *     static file
 */
public record Member(
        long serverId, List<Address> addresses, Role role, @Nullable Endpoint clientAddress) {
    private static final String WILDCARD_HOST = "0.0.0.0";

    /** Voter or not. */
    public enum Role {
        PARTICIPANT,
        OBSERVER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A host with its two peer ports. */
    public record Address(String host, int quorumPort, int electionPort) {
        public Address {
            if (quorumPort == electionPort) {
                throw new ConfigSyntaxException(
                        "quorum and election port of %s are both %d".formatted(host, quorumPort));
            }
        }

        public Endpoint quorum() {
            return new Endpoint(host, quorumPort);
        }

        public Endpoint election() {
            return new Endpoint(host, electionPort);
        }

        @Override
        public String toString() {
            return quorum() + ":" + electionPort;
        }
    }

    public Member {
        if (addresses.isEmpty()) {
            throw new ConfigSyntaxException("server.%d has no address".formatted(serverId));
        }
        addresses = addresses.stream().sorted(Comparator.comparing(Address::host)).toList();
    }

    /**
     * Reads what stands behind {@code server.N=}: {@code host:quorumPort:electionPort[:role][|…]
     * [;[clientHost:]clientPort]}.
     *
     * @throws ConfigSyntaxException if it is anything else
     */
    public static Member parse(long serverId, String text) {
        String[] parts = text.split(";");
        if (parts.length == 0 || parts.length > 2) {
            throw malformed(serverId, text);
        }
        Endpoint client = parts.length == 2 ? parseClient(parts[1].strip()) : null;
        List<Address> addresses = new ArrayList<>();
        Role role = null;
        for (String address : parts[0].strip().split("\\|")) {
            List<String> fields = Endpoint.split(address);
            if (fields.size() < 3 || fields.size() > 4) {
                throw malformed(serverId, text);
            }
            addresses.add(
                    new Address(
                            fields.get(0),
                            Endpoint.parsePort(fields.get(1), text),
                            Endpoint.parsePort(fields.get(2), text)));
            if (fields.size() == 4) {
                Role here = parseRole(fields.get(3));
                if (role != null && role != here) {
                    throw new ConfigSyntaxException(
                            "server.%d has two roles in '%s'".formatted(serverId, text));
                }
                role = here;
            }
        }
        return new Member(serverId, addresses, role == null ? Role.PARTICIPANT : role, client);
    }

    public boolean isVoter() {
        return role == Role.PARTICIPANT;
    }

    /** The line's value, as ZooKeeper writes it: with the role always. */
    @Override
    public String toString() {
        String text =
                addresses.stream().map(Address::toString).collect(Collectors.joining("|"))
                        + ":"
                        + role;
        return clientAddress == null ? text : text + ";" + clientAddress;
    }

    private static Endpoint parseClient(String text) {
        List<String> fields = Endpoint.split(text);
        return switch (fields.size()) {
            case 1 -> new Endpoint(WILDCARD_HOST, Endpoint.parsePort(fields.get(0), text));
            case 2 -> new Endpoint(fields.get(0), Endpoint.parsePort(fields.get(1), text));
            default ->
                    throw new ConfigSyntaxException(
                            "'%s' is not [clientHost:]clientPort".formatted(text));
        };
    }

    private static Role parseRole(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "participant" -> Role.PARTICIPANT;
            case "observer" -> Role.OBSERVER;
            default ->
                    throw new ConfigSyntaxException(
                            "'%s' is neither participant nor observer".formatted(text));
        };
    }

    private static ConfigSyntaxException malformed(long serverId, String text) {
        return new ConfigSyntaxException(
                "server.%d=%s is not host:port:port[:role][;[clientHost:]clientPort]"
                        .formatted(serverId, text));
    }
}
