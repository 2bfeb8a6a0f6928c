package org.quorate.node.admin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.Member;
import org.quorate.zab.Role;

/** The admin commands about the ensemble. Any thread that may wait. */
final class EnsembleCommands {
    private final ServerView server;

    EnsembleCommands(ServerView server) {
        this.server = server;
    }

    Reply leader() {
        if (server.config().quorum().standalone()) {
            return new Reply().fail("server is not initialized");
        }
        Role role = server.role();
        Member leader = server.members().member(role.leader());
        return new Reply()
                .put("is_leader", role.kind() == Role.Kind.LEADING)
                .put("leader_id", role.leader())
                .put("leader_ip", leader == null ? "" : leader.addresses().get(0).host());
    }

    Reply observers() throws IOException {
        ServerView.Leadership leads = server.leadership();
        List<Map<String, Object>> observers = new ArrayList<>();
        if (leads != null) {
            for (ServerView.Observer observer : leads.observers()) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("remote_socket_address", observer.remote());
                fields.put("sid", observer.serverId());
                fields.put("established", observer.establishedMillis());
                fields.put("queued_packets", observer.queuedPackets());
                observers.add(fields);
            }
        }
        return new Reply().put("synced_observers", observers.size()).put("observers", observers);
    }

    Reply votingView() {
        Map<String, Object> config = new LinkedHashMap<>();
        for (Member member : server.members().voters()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("server_addresses", endpoints(member, true));
            fields.put("election_addresses", endpoints(member, false));
            fields.put("client_address", clientAddress(member));
            fields.put("learner_type", member.role().toString());
            config.put(String.valueOf(member.serverId()), fields);
        }
        return new Reply().put("current_config", config);
    }

    Reply zabState() {
        Reply reply = new Reply();
        boolean alone = server.config().quorum().standalone();
        boolean known = !alone && server.isServing();
        Member self = server.members().member(server.config().serverId());
        if (known && self != null) {
            long zxid = server.counts().lastZxid();
            reply.put("myid", self.serverId())
                    .put("is_leader", server.role().kind() == Role.Kind.LEADING)
                    .put("quorum_address", addresses(endpoints(self, true), self, true))
                    .put("election_address", addresses(endpoints(self, false), self, false))
                    .put("client_address", clientAddress(self))
                    .put("voting", self.isVoter())
                    .put("last_zxid", Text.hex(zxid))
                    .put("zab_epoch", zxid >>> 32)
                    .put("zab_counter", zxid & 0xffffffffL)
                    .put("zabstate", Mode.phase(server));
            return reply;
        }
        return reply.put("voting", false).put("zabstate", "");
    }

    /** What ZooKeeper's class of several addresses shows of itself. */
    private static Map<String, Object> addresses(
            List<String> endpoints, Member member, boolean quorum) {
        List<Integer> ports = new ArrayList<>();
        List<String> wildcards = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        for (Member.Address address : member.addresses()) {
            int port = quorum ? address.quorumPort() : address.electionPort();
            ports.add(port);
            wildcards.add("0.0.0.0:" + port);
            hosts.add(address.host());
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("empty", false);
        fields.put("all_addresses", endpoints);
        fields.put("wildcard_addresses", wildcards);
        fields.put("all_ports", ports);
        fields.put("all_host_strings", hosts);
        fields.put("reachable_address", endpoints.get(0));
        fields.put("all_reachable_addresses", endpoints);
        fields.put("all_reachable_addresses_or_all", endpoints);
        fields.put("reachable_or_one", endpoints.get(0));
        fields.put("one", endpoints.get(0));
        return fields;
    }

    private static List<String> endpoints(Member member, boolean quorum) {
        return member.addresses().stream()
                .map(address -> quorum ? address.quorum() : address.election())
                .map(Endpoint::toString)
                .toList();
    }

    private static String clientAddress(Member member) {
        Endpoint client = member.clientAddress();
        return client == null ? "" : client.toString();
    }
}
