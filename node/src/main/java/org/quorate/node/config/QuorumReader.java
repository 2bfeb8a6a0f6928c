package org.quorate.node.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * Reads the ensemble's part of a configuration: members from the file or from the dynamic one,
 * {@code myid}, and whether this is an ensemble at all (reference: administration §1 and §2). Used
 * once.
 */
final class QuorumReader {
    /** Server ids are one byte; 255 is taken by TTL znodes if they are enabled. */
    static final int SERVER_ID_MAX = 255;

    private final Values values;
    private final Consumer<String> warnings;

    QuorumReader(Values values, Consumer<String> warnings) {
        this.values = values;
        this.warnings = warnings;
    }

    /**
     * What was found.
     *
     * @param self this server's line; null without one
     */
    record Found(long serverId, @Nullable Member self, ServerConfig.Quorum quorum) {
        /**
         * Where clients connect: what the member's line says, if it says it.
         *
         * @param fromFile by clientPort and clientPortAddress; null if not told
         * @throws ConfigException if both are there and differ
         */
        @Nullable Endpoint clientAddress(@Nullable Endpoint fromFile) throws ConfigException {
            @Nullable Endpoint fromLine = self == null ? null : self.clientAddress();
            if (fromLine == null) {
                return fromFile;
            }
            if (fromFile != null && !agree(fromFile, fromLine)) {
                throw new ConfigException(
                        "clientPort says %s but server.%d says %s; leave clientPort out"
                                .formatted(fromFile, serverId, fromLine));
            }
            return fromLine;
        }

        private static boolean agree(Endpoint fromFile, Endpoint fromLine) {
            return fromFile.port() == fromLine.port()
                    && (fromFile.isWildcard()
                            || fromFile.host().equals(fromLine.host())
                            || sameAddress(fromFile.host(), fromLine.host()));
        }

        private static boolean sameAddress(String one, String other) {
            try {
                return InetAddress.getByName(one).equals(InetAddress.getByName(other));
            } catch (UnknownHostException e) {
                return false; // an unknown name is nobody's address
            }
        }
    }

    /** A server without a file. */
    static Found alone(Values values) throws ConfigException {
        return new QuorumReader(values, warning -> {})
                .found(0, null, EnsembleConfig.of(List.of(), 0), true, null, null);
    }

    /**
     * @param file the start file; null if there is none
     */
    Found read(Path dataDir, @Nullable Path file) throws ConfigException {
        @Nullable Path dynamicFile = dynamicFile();
        EnsembleConfig members = dynamicFile == null ? fromStatic() : fromDynamic(dynamicFile);
        refuseSeveralAddresses(members);
        int voters = members.voters().size();
        boolean standaloneEnabled = values.get(EnsembleSettings.STANDALONE_ENABLED);
        boolean standalone = standaloneEnabled && voters <= 1;
        if (standalone && !members.observers().isEmpty()) {
            throw new ConfigException(
                    "observers need at least two voters, or standaloneEnabled=false");
        }
        if (!standalone && voters == 0) {
            throw new ConfigException("standaloneEnabled=false needs a server.N line");
        }
        @Nullable Long myid = readMyid(dataDir.resolve("myid"), standalone);
        if (standalone) {
            @Nullable Member only = voters == 1 ? members.voters().get(0) : null;
            // As in ZooKeeper a lone server's number is 0, whatever its myid says.
            return found(0, only, members, true, file, dynamicFile);
        }
        return ensemble(myid, dataDir, members, file, dynamicFile);
    }

    /** As ZooKeeper, which old versions of it would not understand. */
    private void refuseSeveralAddresses(EnsembleConfig members) throws ConfigException {
        for (Member member : members.members().values()) {
            if (member.addresses().size() > 1 && !values.get(EnsembleSettings.MULTI_ADDRESS)) {
                throw new ConfigException(
                        "server.%d has several addresses, which needs multiAddress.enabled=true"
                                .formatted(member.serverId()));
            }
        }
    }

    private Found ensemble(
            @Nullable Long myid,
            Path dataDir,
            EnsembleConfig members,
            @Nullable Path file,
            @Nullable Path dynamicFile)
            throws ConfigException {
        require(EnsembleSettings.INIT_LIMIT);
        require(EnsembleSettings.SYNC_LIMIT);
        if (myid == null) {
            throw new ConfigException(
                    "%s is missing: a server of an ensemble needs its number in it"
                            .formatted(dataDir.resolve("myid")));
        }
        @Nullable Member self = members.member(myid);
        if (self == null) {
            throw new ConfigException(
                    "myid is %d, but there is no server.%d line".formatted(myid, myid));
        }
        warnAboutSize(members);
        return found(myid, self, members, false, file, dynamicFile);
    }

    private Found found(
            long serverId,
            @Nullable Member self,
            EnsembleConfig members,
            boolean standalone,
            @Nullable Path file,
            @Nullable Path dynamicFile)
            throws ConfigException {
        ServerConfig.Quorum quorum =
                new ServerConfig.Quorum(
                        standalone,
                        members,
                        standalone ? null : proposed(file, dynamicFile),
                        !standalone && isObserver(self),
                        orZero(EnsembleSettings.INIT_LIMIT),
                        orZero(EnsembleSettings.SYNC_LIMIT),
                        connectLimit(),
                        values.get(EnsembleSettings.STANDALONE_ENABLED),
                        values.get(EnsembleSettings.RECONFIG_ENABLED),
                        values.get(EnsembleSettings.MULTI_ADDRESS),
                        values.get(EnsembleSettings.LISTEN_ON_ALL_IPS),
                        values.get(EnsembleSettings.LEADER_SERVES),
                        values.get(EnsembleSettings.SYNC_ENABLED),
                        values.get(EnsembleSettings.TCP_KEEP_ALIVE),
                        values.get(OwnSettings.PEER_EXTRAS),
                        values.get(OwnSettings.ZXID_COUNTER_MAX),
                        values.get(EnsembleSettings.OBSERVER_MASTER_PORT),
                        values.get(EnsembleSettings.SNAP_SYNCS_MAX),
                        values.get(EnsembleSettings.DIFF_SYNCS_MAX),
                        values.get(OwnSettings.UNIDENTIFIED),
                        file,
                        dynamicFile);
        return new Found(serverId, self, quorum);
    }

    private boolean isObserver(@Nullable Member self) throws ConfigException {
        if (!values.get(EnsembleSettings.SYNC_ENABLED)) {
            warnings.accept(
                    "%s has no effect: an observer logs, too"
                            .formatted(values.origin(EnsembleSettings.SYNC_ENABLED)));
        }
        boolean told = values.get(EnsembleSettings.PEER_TYPE).equals("observer");
        boolean listed = self != null && !self.isVoter();
        if (told != listed && self != null) {
            warnings.accept(
                    "peerType says %s but server.%d is a%s; the line decides"
                            .formatted(
                                    values.get(EnsembleSettings.PEER_TYPE),
                                    self.serverId(),
                                    listed ? "n observer" : " participant"));
        }
        return listed;
    }

    private int connectLimit() throws ConfigException {
        int told = values.get(EnsembleSettings.CONNECT_LIMIT);
        return told == 0 ? orZero(EnsembleSettings.INIT_LIMIT) : told;
    }

    private int orZero(Setting<Integer> setting) throws ConfigException {
        Integer value = values.getIfTold(setting);
        return value == null ? 0 : value;
    }

    private void require(Setting<Integer> setting) throws ConfigException {
        if (values.getIfTold(setting) == null) {
            throw new ConfigException(
                    "%s is not set: an ensemble needs it; it must be %s"
                            .formatted(setting.key(), setting.type().legal()));
        }
    }

    private void warnAboutSize(EnsembleConfig members) {
        int voters = members.voters().size();
        if (members.isHierarchical()
                && members.weights().values().stream().allMatch(weight -> weight <= 0)) {
            warnings.accept("no voter has any weight: nobody is a quorum, so nobody can lead");
        } else if (voters <= 2) {
            warnings.accept("no server may fail: an ensemble needs at least 3 voters for that");
        } else if (voters % 2 == 0) {
            warnings.accept(
                    "%d voters tolerate no more failures than %d; an odd number is better"
                            .formatted(voters, voters - 1));
        }
    }

    private @Nullable Path dynamicFile() throws ConfigException {
        String told = values.getIfTold(EnsembleSettings.DYNAMIC_CONFIG_FILE);
        return told == null ? null : Path.of(told);
    }

    private EnsembleConfig fromStatic() throws ConfigException {
        StringBuilder text = new StringBuilder();
        for (String key : values.fileKeys()) {
            if (KeyCheck.MEMBER_KEY.matcher(key).matches()) {
                text.append(key).append('=').append(values.inFile(key)).append('\n');
            }
        }
        return parse(text.toString(), 0, "configuration");
    }

    private EnsembleConfig fromDynamic(Path file) throws ConfigException {
        for (String key : values.fileKeys()) {
            if (KeyCheck.MEMBER_KEY.matcher(key).matches()) {
                warnings.accept(
                        "%s has no effect beside dynamicConfigFile"
                                .formatted(values.fileOrigin(key)));
            }
        }
        String name = ZooCfg.nameOf(file);
        StringBuilder text = new StringBuilder();
        for (PropertiesText.Entry entry : PropertiesText.parse(ZooCfg.readText(file), name)) {
            if (entry.key().equals("version")) {
                throw new ConfigException(
                        "%s line %d: a dynamic file has its version in its name, not inside"
                                .formatted(name, entry.number()));
            }
            text.append(entry.key()).append('=').append(entry.value()).append('\n');
        }
        return parse(text.toString(), versionOf(name), name);
    }

    /** As in ZooKeeper it counts only beside a dynamic file. */
    private @Nullable EnsembleConfig proposed(@Nullable Path file, @Nullable Path dynamicFile)
            throws ConfigException {
        if (file == null || dynamicFile == null || !values.get(EnsembleSettings.RECONFIG_ENABLED)) {
            return null;
        }
        Path next = MemberFiles.nextFile(file);
        if (!Files.exists(next)) {
            return null;
        }
        try {
            return EnsembleConfig.parse(ZooCfg.readText(next));
        } catch (ConfigSyntaxException e) {
            throw new ConfigException(ZooCfg.nameOf(next) + ": " + e.getMessage());
        }
    }

    private static EnsembleConfig parse(String text, long version, String where)
            throws ConfigException {
        try {
            EnsembleConfig parsed = EnsembleConfig.parse(text).withVersion(version);
            checkIds(parsed);
            checkAddresses(parsed);
            return parsed;
        } catch (ConfigSyntaxException e) {
            throw new ConfigException(where + ": " + e.getMessage());
        }
    }

    private static void checkIds(EnsembleConfig config) throws ConfigException {
        for (long id : config.members().keySet()) {
            if (id < 0 || id > SERVER_ID_MAX) {
                throw new ConfigException(
                        "server.%d: a server id must be a whole number from 0 to %d"
                                .formatted(id, SERVER_ID_MAX));
            }
        }
    }

    /** No two ports of the ensemble may be the same. */
    private static void checkAddresses(EnsembleConfig config) throws ConfigException {
        TreeMap<String, Long> owners = new TreeMap<>();
        for (Member member : config.members().values()) {
            for (Member.Address address : member.addresses()) {
                claim(owners, address.quorum(), member.serverId());
                claim(owners, address.election(), member.serverId());
            }
            Endpoint client = member.clientAddress();
            if (client != null && !client.isWildcard()) {
                claim(owners, client, member.serverId());
            }
        }
    }

    private static void claim(Map<String, Long> owners, Endpoint endpoint, long serverId)
            throws ConfigException {
        Long other = owners.put(endpoint.toString(), serverId);
        if (other != null) {
            throw new ConfigException(
                    "server.%d and server.%d both use %s".formatted(other, serverId, endpoint));
        }
    }

    private static long versionOf(String fileName) {
        try {
            return Long.parseLong(fileName.substring(fileName.lastIndexOf('.') + 1), 16);
        } catch (NumberFormatException e) {
            return 0; // a hand-made file has no version
        }
    }

    private @Nullable Long readMyid(Path file, boolean standalone) throws ConfigException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        String line = "";
        try {
            line = Files.readString(file).lines().findFirst().orElse("");
            int max =
                    values.get(BehaviourSettings.EXTENDED_TYPES)
                            ? SERVER_ID_MAX - 1
                            : SERVER_ID_MAX;
            long id = Long.parseLong(line);
            if (!standalone && (id < 0 || id > max)) {
                throw new ConfigException(
                        "%s: %d is not a server id; it must be a whole number from 0 to %d"
                                .formatted(file, id, max));
            }
            return id;
        } catch (NumberFormatException e) {
            throw new ConfigException("%s: '%s' is not a number".formatted(file, line));
        } catch (IOException e) {
            throw new ConfigException("cannot read %s: %s".formatted(file, e.getMessage()));
        }
    }
}
