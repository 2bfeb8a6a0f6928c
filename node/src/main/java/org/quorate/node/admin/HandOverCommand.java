package org.quorate.node.admin;

import java.io.IOException;
import org.quorate.node.http.HttpExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command hand_over, Quorate's own: a leader hands leadership over to another voter, as it does
 * before a planned stop, and follows. It changes something, so it wants POST and the permission
 * that snapshots want. Any thread that may wait.
 */
final class HandOverCommand {
    static final String NAME = "hand_over";

    private static final Logger LOG = LoggerFactory.getLogger(HandOverCommand.class);

    private final ServerView server;
    private final RootAccess access;

    HandOverCommand(ServerView server, RootAccess access) {
        this.server = server;
        this.access = access;
    }

    /** Answers when another server leads, or with the reason why none does. */
    Reply run(HttpExchange exchange) throws IOException {
        if (!server.isServing()) {
            return Reply.error(NAME, Words.NOT_SERVING, 200);
        }
        RootAccess.Verdict verdict =
                access.check(exchange.header("Authorization"), exchange.remote().getAddress());
        if (verdict != RootAccess.Verdict.GRANTED) {
            return Reply.error(NAME, verdict.error, verdict.status);
        }
        LOG.info("asked by {} to hand leadership over", exchange.remote());
        try {
            Reply reply = new Reply().put("leader_id", server.handOver());
            reply.finish(NAME, null);
            return reply;
        } catch (IOException e) {
            return Reply.error(NAME, String.valueOf(e.getMessage()), 409);
        }
    }
}
