package org.quorate.protocol.peer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;

/**
 * Who belongs to the ensemble: the dynamic configuration as a value (peer protocol §2, §8). Maps
 * are unmodifiable and sorted by server id.
 *
 * @param members by server id
 * @param groupOf server id to group id, for hierarchical quorums; empty for majorities
 * @param weights by server id, hierarchical only; each voter has one
 * @param version zxid of the reconfig that made it, 0 if none has
 */
public record EnsembleConfig(
        SortedMap<Long, Member> members,
        SortedMap<Long, Long> groupOf,
        SortedMap<Long, Long> weights,
        long version) {

    public EnsembleConfig {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        groupOf = Collections.unmodifiableSortedMap(new TreeMap<>(groupOf));
        TreeMap<Long, Long> allWeights = new TreeMap<>(weights);
        if (!groupOf.isEmpty() || !weights.isEmpty()) {
            for (Member member : members.values()) {
                if (member.isVoter()) {
                    requireGroup(member, groupOf);
                    allWeights.putIfAbsent(member.serverId(), 1L);
                }
            }
        }
        weights = Collections.unmodifiableSortedMap(allWeights);
    }

    /** A configuration whose quorums are majorities. */
    public static EnsembleConfig of(Iterable<Member> members, long version) {
        TreeMap<Long, Member> byId = new TreeMap<>();
        members.forEach(member -> byId.put(member.serverId(), member));
        return new EnsembleConfig(byId, new TreeMap<>(), new TreeMap<>(), version);
    }

    /**
     * Reads a text of lines {@code server.N=…}, {@code group.G=a:b}, {@code weight.N=w}, {@code
     * version=HEX}. As ZooKeeper it refuses any other key.
     *
     * @throws ConfigSyntaxException if a line cannot be read, a voter has no group, or there are
     *     observers and no voter
     */
    public static EnsembleConfig parse(String text) {
        Parser parser = new Parser();
        ConfigLines.forEach(text, parser::line);
        return parser.config();
    }

    /** Do groups and weights decide what is a quorum? */
    public boolean isHierarchical() {
        return !weights.isEmpty();
    }

    public List<Member> voters() {
        return members.values().stream().filter(Member::isVoter).toList();
    }

    public List<Member> observers() {
        return members.values().stream().filter(member -> !member.isVoter()).toList();
    }

    public boolean isVoter(long serverId) {
        Member member = members.get(serverId);
        return member != null && member.isVoter();
    }

    public @Nullable Member member(long serverId) {
        return members.get(serverId);
    }

    /** The same members under another version. */
    public EnsembleConfig withVersion(long newVersion) {
        return new EnsembleConfig(members, groupOf, weights, newVersion);
    }

    /**
     * The incremental reconfig: first those who leave, then those who join or change.
     *
     * @param joining {@code server.N=…} separated by commas, or null
     * @param leaving server ids separated by commas, or null
     * @throws ConfigSyntaxException if this is hierarchical, a text cannot be read, a joining
     *     server lacks its client address, or two servers share an address
     */
    public EnsembleConfig change(
            @Nullable String joining, @Nullable String leaving, long newVersion) {
        if (isHierarchical()) {
            throw new ConfigSyntaxException(
                    "an ensemble with groups cannot be changed by joining and leaving servers;"
                            + " give all new members");
        }
        TreeMap<Long, Member> next = new TreeMap<>(members);
        for (String id : splitAtCommas(leaving)) {
            next.remove(Parser.parseLong(id, "leaving server"));
        }
        for (String joiner : splitAtCommas(joining)) {
            Member member = parseJoiner(joiner);
            for (Member other : next.values()) {
                if (other.serverId() != member.serverId()) {
                    refuseSharedAddress(member, other);
                }
            }
            next.put(member.serverId(), member);
        }
        return new EnsembleConfig(next, groupOf, weights, newVersion);
    }

    /**
     * The full reconfig: {@code server.N=…}, {@code group.…}, {@code weight.…} separated by commas
     * or line ends.
     *
     * @throws ConfigSyntaxException as {@link #parse}
     */
    public static EnsembleConfig parseNewMembers(String text, long newVersion) {
        return parse(text.replace(',', '\n')).withVersion(newVersion);
    }

    /** The text as ZooKeeper writes it into packets, {@code /zookeeper/config} and files. */
    public String text() {
        StringBuilder text = new StringBuilder();
        members.forEach((id, member) -> line(text, "server." + id, member.toString()));
        TreeMap<Long, StringBuilder> groups = new TreeMap<>();
        groupOf.forEach((id, group) -> {
            StringBuilder ids = groups.computeIfAbsent(group, g -> new StringBuilder());
            ids.append(ids.isEmpty() ? "" : ":").append(id);
        });
        groups.forEach((group, ids) -> line(text, "group." + group, ids.toString()));
        weights.forEach((id, weight) -> line(text, "weight." + id, weight.toString()));
        return text.append("version=").append(Zxid.hex(version)).toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append('=').append(value).append('\n');
    }

    private static void requireGroup(Member member, Map<Long, Long> groupOf) {
        if (!groupOf.containsKey(member.serverId())) {
            throw new ConfigSyntaxException(
                    "server.%d is in no group".formatted(member.serverId()));
        }
    }

    private static List<String> splitAtCommas(@Nullable String text) {
        List<String> parts = new ArrayList<>();
        if (text != null) {
            for (String part : text.split(",")) {
                if (!part.isBlank()) {
                    parts.add(part.strip());
                }
            }
        }
        return parts;
    }

    private static Member parseJoiner(String joiner) {
        String[] parts = joiner.split("=");
        if (parts.length != 2) {
            throw new ConfigSyntaxException("'%s' is not server.N=address".formatted(joiner));
        }
        String key = parts[0].strip();
        long id = Parser.parseLong(key.substring(key.lastIndexOf('.') + 1), key);
        Member member = Member.parse(id, parts[1].strip());
        if (member.clientAddress() == null) {
            throw new ConfigSyntaxException(
                    "'%s' has no client port; a joining server needs three".formatted(joiner));
        }
        return member;
    }

    private static void refuseSharedAddress(Member one, Member other) {
        List<Endpoint> taken = endpoints(other);
        for (Endpoint endpoint : endpoints(one)) {
            if (taken.contains(endpoint)) {
                throw new ConfigSyntaxException(
                        "server.%d and server.%d share %s"
                                .formatted(one.serverId(), other.serverId(), endpoint));
            }
        }
    }

    private static List<Endpoint> endpoints(Member member) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (Member.Address address : member.addresses()) {
            endpoints.add(address.quorum());
            endpoints.add(address.election());
        }
        Endpoint client = member.clientAddress();
        if (client != null && !client.isWildcard()) {
            endpoints.add(client);
        }
        return endpoints;
    }

    /** Collects the lines of one text. */
    private static final class Parser {
        private final TreeMap<Long, Member> members = new TreeMap<>();
        private final TreeMap<Long, Long> groupOf = new TreeMap<>();
        private final TreeMap<Long, Long> weights = new TreeMap<>();
        private boolean hierarchical;
        private long version;

        void line(String key, String value) {
            if (key.startsWith("server.")) {
                long id = idIn(key);
                members.put(id, Member.parse(id, value));
            } else if (key.startsWith("group")) {
                hierarchical = true;
                group(idIn(key), value);
            } else if (key.startsWith("weight")) {
                hierarchical = true;
                weights.put(idIn(key), parseLong(value, key));
            } else if (key.equals("version")) {
                version = parseVersion(value);
            } else {
                throw new ConfigSyntaxException(
                        "unknown key '%s' in a configuration".formatted(key));
            }
        }

        EnsembleConfig config() {
            if (hierarchical && groupOf.isEmpty() && weights.isEmpty()) {
                throw new ConfigSyntaxException("a configuration with an empty group");
            }
            boolean voters = members.values().stream().anyMatch(Member::isVoter);
            if (!voters && !members.isEmpty()) {
                throw new ConfigSyntaxException("a configuration of observers without voters");
            }
            return new EnsembleConfig(members, groupOf, weights, version);
        }

        static long parseLong(String text, String where) {
            try {
                return Long.parseLong(text.strip());
            } catch (NumberFormatException e) {
                throw new ConfigSyntaxException(
                        "'%s' in %s is not a number".formatted(text, where));
            }
        }

        private void group(long group, String ids) {
            for (String id : ids.split(":")) {
                long serverId = parseLong(id, "group." + group);
                if (groupOf.put(serverId, group) != null) {
                    throw new ConfigSyntaxException(
                            "server.%d is in two groups".formatted(serverId));
                }
            }
        }

        private static long idIn(String key) {
            return parseLong(key.substring(key.indexOf('.') + 1), key);
        }

        private static long parseVersion(String hex) {
            try {
                return Long.parseLong(hex.strip(), 16);
            } catch (NumberFormatException e) {
                throw new ConfigSyntaxException("version '%s' is not hex".formatted(hex));
            }
        }
    }
}
