package org.quorate.cli.ensemble;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * Writes what a server of an ensemble reads at its start: {@code zoo.cfg}, the dynamic file with
 * the members, and {@code myid}. Either server, Quorate or ZooKeeper, can be started with them.
 * Stateless; never overwrites a file.
 */
final class EnsembleFiles {
    static final String CONFIG = "zoo.cfg";
    static final String MEMBERS = "zoo.cfg.dynamic";
    static final String MYID = "myid";

    private static final int TICK_MILLIS = 2_000;
    private static final int INIT_TICKS = 10;
    private static final int SYNC_TICKS = 5;

    private EnsembleFiles() {}

    /**
     * Writes the files of one server.
     *
     * @param dir where {@code zoo.cfg} and the dynamic file are written
     * @param myidDir where {@code myid} is written; the data directory, if it is on this machine
     * @param membersFile the dynamic file as the server will find it
     * @param dataDir the data directory as the server will find it
     * @param more further lines for {@code zoo.cfg}
     * @throws FileAlreadyExistsException if one of them is there; nothing is written then
     */
    static void write(
            Path dir,
            Path myidDir,
            Path membersFile,
            Path dataDir,
            long serverId,
            List<Member> members,
            List<String> more)
            throws IOException {
        for (Path file :
                List.of(dir.resolve(CONFIG), dir.resolve(MEMBERS), myidDir.resolve(MYID))) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(
                        file.toString(), null, "is there already; nothing is overwritten");
            }
        }
        Files.createDirectories(dir);
        Files.createDirectories(myidDir);
        Files.writeString(dir.resolve(MEMBERS), text(members));
        Files.writeString(myidDir.resolve(MYID), serverId + "\n");
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "dataDir=" + dataDir,
                                "dynamicConfigFile=" + membersFile,
                                "tickTime=" + TICK_MILLIS,
                                "initLimit=" + INIT_TICKS,
                                "syncLimit=" + SYNC_TICKS));
        lines.addAll(more);
        Files.write(dir.resolve(CONFIG), lines);
    }

    /** The members' lines alone: a dynamic file has its version in its name. */
    private static String text(List<Member> members) {
        StringBuilder text = new StringBuilder();
        for (Member member : EnsembleConfig.of(members, 0).members().values()) {
            text.append("server.%d=%s\n".formatted(member.serverId(), member));
        }
        return text.toString();
    }
}
