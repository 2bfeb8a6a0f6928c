package org.quorate.node.admin;

import org.quorate.node.config.ServerConfig;
import org.quorate.protocol.peer.Member;

/** The text of {@code conf}. Stateless. */
final class ConfText {
    private ConfText() {}

    static void conf(ServerView server, Text out) {
        ServerConfig config = server.config();
        ServerConfig.Ports ports = config.ports();
        ServerConfig.Directories dirs = config.directories();
        out.line("clientPort=" + server.clientPort());
        out.line("secureClientPort=" + (ports.secure() == null ? -1 : ports.secure().port()));
        out.line("dataDir=" + Directories.versioned(dirs.data()));
        out.line("dataDirSize=" + Directories.bytes(dirs.data()));
        out.line("dataLogDir=" + Directories.versioned(dirs.log()));
        out.line("dataLogSize=" + Directories.bytes(dirs.log()));
        out.line("tickTime=" + config.timing().tickMillis());
        out.line("maxClientCnxns=" + config.limits().connectionsPerAddressMax());
        out.line("minSessionTimeout=" + config.timing().minSessionTimeoutMillis());
        out.line("maxSessionTimeout=" + config.timing().maxSessionTimeoutMillis());
        out.line("clientPortListenBacklog=" + ports.backlog());
        out.line("serverId=" + config.serverId());
        if (!config.quorum().standalone()) {
            quorum(server, config, out);
        }
    }

    private static void quorum(ServerView server, ServerConfig config, Text out) {
        out.line("initLimit=" + config.quorum().initLimitTicks());
        out.line("syncLimit=" + config.quorum().syncLimitTicks());
        out.line("electionAlg=3");
        Member self = config.self();
        if (self != null) {
            Member.Address address = self.addresses().get(0);
            out.line("electionPort=" + address.electionPort());
            out.line("quorumPort=" + address.quorumPort());
        }
        out.line("peerType=" + (config.quorum().observer() ? 1 : 0));
        if (!server.isReadOnly()) {
            out.line("membership: ");
            out.add(server.members().text());
        }
    }
}
