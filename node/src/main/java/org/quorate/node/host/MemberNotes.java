package org.quorate.node.host;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.MemberFiles;
import org.quorate.node.config.ServerConfig;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.peer.EnsembleConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has changed members written down, on the journal thread and in order with the log: a proposal is
 * not acknowledged before its configuration is remembered. Called by the core thread.
 */
final class MemberNotes {
    private static final Logger LOG = LoggerFactory.getLogger(MemberNotes.class);

    private final Journaling journaling;
    private final @Nullable MemberFiles files;

    /**
     * @param config nothing is written unless it names a start file and allows reconfig
     */
    MemberNotes(Journaling journaling, ServerConfig config) throws IOException {
        this.journaling = journaling;
        ServerConfig.Quorum quorum = config.quorum();
        if (!quorum.isRemembered() || quorum.staticFile() == null) {
            files = null;
            return;
        }
        files = new MemberFiles(quorum.staticFile(), config.serverId(), quorum);
        if (quorum.dynamicFile() == null) {
            backUp(files);
        }
    }

    /** Without the right to write there the ensemble works, but forgets (as ZooKeeper's does). */
    private static void backUp(MemberFiles files) {
        try {
            files.backUp();
        } catch (IOException e) {
            LOG.warn("the configuration file cannot be kept as .bak: {}", e.toString());
        }
    }

    void members(EnsembleConfig committed, EnsembleConfig proposed) {
        MemberFiles written = files;
        if (written != null) {
            journaling.work(() -> write(written, committed, proposed));
        }
    }

    private static void write(
            MemberFiles files, EnsembleConfig committed, EnsembleConfig proposed) {
        try {
            files.write(committed, proposed);
        } catch (IOException e) {
            LOG.error(
                    "the members of version {} cannot be written and will be forgotten when this"
                            + " server stops: {}",
                    Zxid.hex(proposed.version()),
                    e.toString());
        }
    }
}
