package org.quorate.node.host;

import java.util.ArrayList;
import java.util.List;
import javax.security.sasl.SaslException;
import org.jspecify.annotations.Nullable;
import org.quorate.net.sasl.SaslAcceptor;
import org.quorate.protocol.acl.Id;
import org.quorate.replica.Connection;
import org.quorate.replica.SaslStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates clients' SASL tokens (client protocol §10) on threads of its own, never on an event
 * loop or the core, and hands the core what came of it. A connection has one token here at most,
 * and nothing else under way meanwhile: the reader sees to that.
 */
final class SaslDesk implements AutoCloseable {
    /** Longest token; Kerberos tickets with many groups have some ten thousand bytes. */
    static final int TOKEN_BYTES_MAX = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(SaslDesk.class);

    /**
     * Who may come in.
     *
     * @param superUsers names whom no access list stops
     * @param failedStay a client that could not prove itself keeps its connection
     */
    record Rules(List<String> superUsers, boolean failedStay) {
        Rules {
            superUsers = List.copyOf(superUsers);
        }
    }

    private final SaslAcceptor acceptor;
    private final Rules rules;
    private final ReaderContext context;
    private final Desk desk;

    SaslDesk(String threadName, SaslAcceptor acceptor, Rules rules, ReaderContext context) {
        this.acceptor = acceptor;
        this.rules = rules;
        this.context = context;
        this.desk = new Desk(threadName);
    }

    /**
     * Takes a token; the core answers it later, in its order. The client's event loop.
     *
     * @return false if too many wait
     */
    boolean take(HostedClient client, int xid, byte[] token) {
        long heardNanos = client.link.heardNanos();
        long handedNanos = System.nanoTime();
        return desk.take(() -> {
            SaslStep step = evaluate(client, token);
            context.core()
                    .putAndRun(replica -> {
                        Connection connection = client.connection;
                        if (!client.closed && connection != null) {
                            context.effects()
                                    .taken(client, 1, heardNanos, handedNanos, System.nanoTime());
                            replica.sasl(connection, xid, step);
                        }
                    });
        });
    }

    /** Ends the threads; what is being evaluated is not waited for. */
    @Override
    public void close() {
        desk.close();
    }

    private SaslStep evaluate(HostedClient client, byte[] token) {
        try {
            SaslAcceptor.Conversation conversation = client.conversation;
            if (conversation == null) {
                conversation = acceptor.begin();
                client.conversation = conversation;
            }
            byte @Nullable [] answer = conversation.answer(token);
            if (!conversation.isComplete()) {
                return new SaslStep.Answer(answer);
            }
            return new SaslStep.Proven(answer, ids(client, conversation.name()));
        } catch (SaslException e) {
            LOG.warn(
                    "no SASL with {}: {}{}",
                    client.link.remote(),
                    e.getMessage(),
                    rules.failedStay ? "; it stays, not authenticated" : "");
            return rules.failedStay ? new SaslStep.Answer(null) : new SaslStep.Refused();
        }
    }

    private List<Id> ids(HostedClient client, String name) {
        LOG.atInfo()
                .addKeyValue("session", "0x" + Long.toHexString(client.sessionId()))
                .log("{} is sasl:{}", client.link.remote(), name);
        List<Id> ids = new ArrayList<>(2);
        ids.add(new Id("sasl", name));
        if (rules.superUsers.contains(name)) {
            ids.add(new Id("super", ""));
        }
        return ids;
    }
}
