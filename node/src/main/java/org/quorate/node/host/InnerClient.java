package org.quorate.node.host;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.EmptyRequest;
import org.quorate.protocol.client.ReplyHeader;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Connection;
import org.quorate.replica.SessionPassword;

/**
 * A client inside the server, without a socket, with all rights: opens a session or takes one over,
 * sends a few requests, and ends the session. Used by one thread that may wait; the core calls
 * {@link #heard}, {@link #established} and {@link #closed}.
 */
final class InnerClient {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final long ANSWER_SECONDS_MAX = 10;
    private static final int LENGTH_BYTES = 4;
    private static final Id SUPER = new Id("super", "");

    private final CoreLoop core;
    private final CompletableFuture<Boolean> admitted = new CompletableFuture<>();
    private volatile @Nullable Connection connection;
    private volatile CompletableFuture<Integer> answer = new CompletableFuture<>();
    private int xid;

    InnerClient(CoreLoop core) {
        this.core = core;
    }

    /**
     * Connects.
     *
     * @param sessionId to be taken over; 0 for a new one
     * @return false if there is no such session
     */
    boolean connect(long connectionId, String address, long sessionId) throws IOException {
        ConnectRequest greeting = new ConnectRequest();
        greeting.timeoutMillis = TIMEOUT_MILLIS;
        greeting.sessionId = sessionId;
        byte[] password = SessionPassword.of(sessionId);
        greeting.password.set(password, 0, password.length);
        greeting.hasReadOnly = true;
        put(replica -> {
            Connection opened =
                    replica.open(connectionId, address, List.of(SUPER, new Id("ip", address)));
            opened.attachment = this;
            connection = opened;
            replica.connect(opened, greeting);
        });
        return await(admitted);
    }

    /** Sends a request and waits for its error code. */
    int call(Request request) throws IOException {
        JuteOut out = new JuteOut();
        RequestHeader header = new RequestHeader();
        header.xid = ++xid;
        header.type = request.type();
        header.write(out);
        request.write(out);
        CompletableFuture<Integer> asked = new CompletableFuture<>();
        answer = asked;
        put(replica -> {
            Connection to = connection;
            if (to != null && !asked.isDone()) {
                replica.request(to, out.array(), 0, out.size());
            }
        });
        return await(asked);
    }

    /** Ends the session. */
    int closeSession() throws IOException {
        EmptyRequest end = new EmptyRequest();
        end.type = OpCode.CLOSE_SESSION;
        return call(end);
    }

    /** Gives the connection back, answered or not. Idempotent. */
    void disconnect() {
        boolean _ =
                core.put(replica -> {
                    Connection open = connection;
                    if (open != null) {
                        connection = null;
                        replica.closed(open);
                    }
                });
    }

    private void put(Input input) throws IOException {
        if (!core.put(input)) {
            throw new IOException("the server is being stopped");
        }
    }

    private static <T> T await(CompletableFuture<T> asked) throws IOException {
        try {
            return asked.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause == null ? e.toString() : cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "no answer for %d s; whether it was done is not known"
                            .formatted(ANSWER_SECONDS_MAX),
                    e);
        }
    }

    // ---- called on the core thread

    /** A frame with its length: the handshake's answer first, then one for each request. */
    void heard(byte[] bytes, int from, int length) {
        JuteIn in = new JuteIn().wrap(bytes, from + LENGTH_BYTES, from + length);
        if (admitted.isDone()) {
            answer.complete(new ReplyHeader().read(in).err);
            return;
        }
        if (new ConnectResponse().read(in).timeoutMillis == 0) {
            admitted.complete(false);
        }
    }

    /** Requests may be sent. */
    void established() {
        admitted.complete(true);
    }

    /** The core wants nothing more of this connection. */
    void closed() {
        connection = null;
        IOException gone = new IOException("the connection was ended");
        admitted.completeExceptionally(gone);
        answer.completeExceptionally(gone);
    }
}
