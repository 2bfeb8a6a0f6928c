package org.quorate.node.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.quorate.node.admin.LogLevels;
import org.quorate.node.admin.ServerView;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.ReconfigRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * What an operator who has signed in may change. Each change names the version that he saw, so that
 * he overwrites nobody's work unseen. Any thread that may wait.
 */
final class ChangeQuestions {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeQuestions.class);

    private final ServerView server;
    private final Changes changes;
    private final LogLevels logs;

    ChangeQuestions(ServerView server, Changes changes, LogLevels logs) {
        this.server = server;
        this.changes = changes;
        this.logs = logs;
    }

    /** Changes how much a logger says, until the server ends. */
    Map<String, Object> logLevel(String operator, JsonNode body) throws Refusal {
        String logger = text(body, "logger");
        String level = text(body, "level");
        try {
            logs.set(logger, level);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
        LOG.warn("an operator at {} has set the log level of {} to {}", operator, logger, level);
        return Map.of("log_levels", logs.all());
    }

    /** Ends a session. */
    Map<String, Object> endSession(String operator, JsonNode body) throws IOException, Refusal {
        long id = SessionQuestions.id(text(body, "id"));
        if (id == 0 || !changes.endSession(operator, id)) {
            throw new Refusal(404, "there is no session " + Hex.of(id));
        }
        return Map.of("ended", Hex.of(id));
    }

    /** Replaces a znode's data. */
    Map<String, Object> setData(String operator, JsonNode body) throws IOException, Refusal {
        SetDataRequest request = new SetDataRequest();
        request.path.set(Slice.of(text(body, "path")));
        request.data.set(Slice.of(data(body)));
        request.version = version(body);
        return submit(operator, "sets the data of " + text(body, "path"), request);
    }

    /** Creates a persistent znode that anyone may use, as {@code zkCli}'s create does. */
    Map<String, Object> create(String operator, JsonNode body) throws IOException, Refusal {
        CreateRequest request = new CreateRequest();
        request.path.set(Slice.of(text(body, "path")));
        request.data.set(Slice.of(data(body)));
        request.acl.set(AclList.OPEN);
        request.flags = CreateRequest.FLAG_PERSISTENT;
        return submit(operator, "creates " + text(body, "path"), request);
    }

    /** Deletes a znode without children. */
    Map<String, Object> delete(String operator, JsonNode body) throws IOException, Refusal {
        DeleteRequest request = new DeleteRequest();
        request.path.set(Slice.of(text(body, "path")));
        request.version = version(body);
        return submit(operator, "deletes " + text(body, "path"), request);
    }

    /**
     * What a reconfiguration would make of the ensemble; changes nothing. Where this server leads
     * and would refuse it, it says so here.
     */
    Map<String, Object> preview(JsonNode body) throws IOException, Refusal {
        EnsembleConfig now = server.members();
        if (now.members().isEmpty()) {
            throw new Refusal(409, "a standalone server has no members to change");
        }
        EnsembleConfig next;
        try {
            next = now.change(optional(body, "joining"), optional(body, "leaving"), 0);
        } catch (ConfigSyntaxException e) {
            throw new Refusal(400, String.valueOf(e.getMessage()));
        }
        if (next.voters().isEmpty()) {
            throw new Refusal(400, "no voter would be left");
        }
        checkQuorum(next);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("version", Hex.of(now.version()));
        answer.put("votersNow", now.voters().size());
        answer.put("votersNext", next.voters().size());
        answer.put("neededNext", next.voters().size() / 2 + 1);
        answer.put("mayFailNext", next.voters().size() - (next.voters().size() / 2 + 1));
        answer.put("members", differences(now, next));
        return answer;
    }

    /** A leader proposes only members of whom a quorum follows it; others do not know who does. */
    private void checkQuorum(EnsembleConfig next) throws IOException, Refusal {
        ServerView.Leadership leadership = server.leadership();
        if (leadership == null) {
            return;
        }
        Set<Long> inSync =
                leadership.all().stream()
                        .filter(learner -> learner.active() && !learner.observer())
                        .map(ServerView.Learner::serverId)
                        .collect(Collectors.toCollection(TreeSet::new));
        inSync.add(server.role().leader());
        List<Long> missing =
                next.voters().stream()
                        .map(Member::serverId)
                        .filter(voter -> !inSync.contains(voter))
                        .toList();
        if (2 * (next.voters().size() - missing.size()) <= next.voters().size()) {
            throw new Refusal(
                    409,
                    "%s: servers %s do not follow"
                            .formatted(sentence(ErrorCode.NEW_CONFIG_NO_QUORUM), missing));
        }
    }

    private static List<Map<String, Object>> differences(EnsembleConfig now, EnsembleConfig next) {
        TreeSet<Long> ids = new TreeSet<>(now.members().keySet());
        ids.addAll(next.members().keySet());
        return ids.stream()
                .map(id -> {
                    Member before = now.member(id);
                    Member after = next.member(id);
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("id", id);
                    fields.put("before", before == null ? "" : before.toString());
                    fields.put("after", after == null ? "" : after.toString());
                    return fields;
                })
                .toList();
    }

    /** Carries a previewed reconfiguration out, if nothing has changed since. */
    Map<String, Object> reconfigure(String operator, JsonNode body) throws IOException, Refusal {
        Map<String, Object> _ = preview(body);
        ReconfigRequest request = new ReconfigRequest();
        request.joiningServers.set(Slice.of(optional(body, "joining")));
        request.leavingServers.set(Slice.of(optional(body, "leaving")));
        request.newMembers.setNull();
        try {
            request.configVersion = Hex.parse(text(body, "version"));
        } catch (NumberFormatException e) {
            throw new Refusal(400, "version is not a zxid");
        }
        return submit(operator, "changes the members of the ensemble", request);
    }

    private Map<String, Object> submit(String operator, String what, Request request)
            throws IOException, Refusal {
        LOG.info("an operator at {} {}", operator, what);
        int error = changes.submit(operator, request);
        if (error != ErrorCode.OK) {
            throw new Refusal(409, sentence(error));
        }
        return Map.of("done", true);
    }

    private static String sentence(int error) {
        return switch (error) {
            case ErrorCode.NO_NODE -> "there is no such znode, or its parent is missing";
            case ErrorCode.NODE_EXISTS -> "the znode is there already";
            case ErrorCode.NOT_EMPTY -> "it has children; delete them first";
            case ErrorCode.BAD_VERSION -> "somebody changed it meanwhile; look again";
            case ErrorCode.NO_CHILDREN_FOR_EPHEMERALS -> "an ephemeral znode has no children";
            case ErrorCode.BAD_ARGUMENTS -> "the server takes this for a wrong path or argument";
            case ErrorCode.QUOTA_EXCEEDED -> "a quota, the memory limit or the disk is exhausted";
            case ErrorCode.RECONFIG_DISABLED -> "reconfiguration is switched off (reconfigEnabled)";
            case ErrorCode.RECONFIG_IN_PROGRESS -> "another reconfiguration is under way";
            case ErrorCode.NEW_CONFIG_NO_QUORUM ->
                    "no quorum of the new members is connected and in sync";
            default -> "the server refuses with error " + error;
        };
    }

    private static byte[] data(JsonNode body) throws Refusal {
        JsonNode base64 = body.get("base64");
        if (base64 == null) {
            return text(body, "text").getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(base64.asString());
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "base64 is not Base64");
        }
    }

    private static int version(JsonNode body) throws Refusal {
        JsonNode version = body.get("version");
        if (version == null || !version.isInt()) {
            throw new Refusal(400, "the version that you saw is missing");
        }
        return version.intValue();
    }

    private static String text(JsonNode body, String name) throws Refusal {
        JsonNode field = body.get(name);
        if (field == null || !field.isString()) {
            throw new Refusal(400, name + " is missing");
        }
        return field.asString();
    }

    private static String optional(JsonNode body, String name) {
        JsonNode field = body.get(name);
        return field == null || !field.isString() ? "" : field.asString();
    }
}
