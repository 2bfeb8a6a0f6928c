package org.quorate.node.host;

import java.io.IOException;
import org.quorate.node.console.Changes;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.client.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out an operator's changes by a client inside the server. Any thread that may wait. */
final class InnerChanges implements Changes {
    private static final Logger LOG = LoggerFactory.getLogger(InnerChanges.class);

    private final CoreLoop core;
    private final ReaderContext context;

    InnerChanges(CoreLoop core, ReaderContext context) {
        this.core = core;
        this.context = context;
    }

    @Override
    public int submit(String operator, Request request) throws IOException {
        InnerClient client = new InnerClient(core);
        try {
            if (!client.connect(context.nextConnectionId(), operator, 0)) {
                throw new IOException("no session was granted");
            }
            int error = client.call(request);
            int _ = client.closeSession();
            return error;
        } finally {
            client.disconnect();
        }
    }

    @Override
    public boolean endSession(String operator, long sessionId) throws IOException {
        InnerClient client = new InnerClient(core);
        try {
            if (!client.connect(context.nextConnectionId(), operator, sessionId)) {
                return false;
            }
            LOG.atInfo()
                    .addKeyValue("session", Long.toHexString(sessionId))
                    .log("an operator at {} ends a session", operator);
            return client.closeSession() == ErrorCode.OK;
        } finally {
            client.disconnect();
        }
    }
}
