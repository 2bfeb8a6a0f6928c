package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.node.admin.LogLevels;
import org.quorate.node.admin.ServerView;
import org.quorate.node.admin.ServerView.Leadership;
import org.quorate.node.admin.ServerView.Learner;
import org.quorate.node.admin.ServerView.Sizes;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.zab.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What the leader, server 1 of three, says of members that are to be. */
class ReconfigPreviewTest {
    private static final EnsembleConfig MEMBERS =
            EnsembleConfig.of(List.of(member(1), member(2), member(3)), 7);

    @Test
    void membersOfWhomAQuorumFollowsAreShown() throws Exception {
        assertThat(preview("", "3", follows(2), follows(3)))
                .containsEntry("votersNext", 2)
                .containsEntry("neededNext", 2);
    }

    @Test
    void membersOfWhomNoQuorumFollowsAreRefusedAndTheMissingOnesNamed() {
        assertThatThrownBy(() -> preview("", "2", follows(2)))
                .isInstanceOf(Refusal.class)
                .hasMessage(
                        "no quorum of the new members is connected and in sync: servers [3] do not follow");
    }

    @Test
    void whoObservesOrIsNotInSyncDoesNotCount() {
        assertThatThrownBy(() -> preview("", "2", new Learner(3, true, true, 0)))
                .hasMessageContaining("[3]");
        assertThatThrownBy(() -> preview("", "2", new Learner(3, false, false, 0)))
                .hasMessageContaining("[3]");
    }

    private static Map<String, Object> preview(String joining, String leaving, Learner... learners)
            throws Exception {
        ServerView leader =
                (ServerView)
                        Proxy.newProxyInstance(
                                ServerView.class.getClassLoader(),
                                new Class<?>[] {ServerView.class},
                                (_, method, _) ->
                                        switch (method.getName()) {
                                            case "members" -> MEMBERS;
                                            case "role" -> new Role(Role.Kind.LEADING, 1, 1);
                                            case "leadership" ->
                                                    new Leadership(
                                                            0,
                                                            0,
                                                            learners.length,
                                                            0,
                                                            List.of(),
                                                            3,
                                                            0,
                                                            Sizes.NONE,
                                                            List.of(learners));
                                            default -> throw new AssertionError(method.toString());
                                        });
        JsonNode body =
                new ObjectMapper()
                        .createObjectNode()
                        .put("joining", joining)
                        .put("leaving", leaving);
        return new ChangeQuestions(leader, new NoChanges(), LogLevels.UNKNOWN).preview(body);
    }

    private static final class NoChanges implements Changes {
        @Override
        public int submit(String operator, Request request) {
            throw new AssertionError("a preview changes nothing");
        }

        @Override
        public boolean endSession(String operator, long sessionId) {
            throw new AssertionError("a preview changes nothing");
        }
    }

    private static Learner follows(long id) {
        return new Learner(id, false, true, 0);
    }

    private static Member member(long id) {
        return Member.parse(id, "127.0.0.1:%d:%d:participant".formatted(2000 + id, 3000 + id));
    }
}
