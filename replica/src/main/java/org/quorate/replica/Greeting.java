package org.quorate.replica;

import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.jute.Slice;

/**
 * What a client asked for in its first frame, kept while the answer takes time.
 *
 * @param lastZxidSeen by the client, anywhere
 * @param timeoutMillis wanted
 * @param sessionId 0 for a new one
 * @param passwordMatches the password is that of the session
 * @param hasReadOnly the answer carries the read-only byte
 * @param readOnly the client is content without a quorum
 * @param heardNanos when it came in
 */
record Greeting(
        long lastZxidSeen,
        int timeoutMillis,
        long sessionId,
        boolean passwordMatches,
        boolean hasReadOnly,
        boolean readOnly,
        long heardNanos) {

    static Greeting of(ConnectRequest request, long nowNanos) {
        Slice password = request.password;
        return new Greeting(
                request.lastZxidSeen,
                request.timeoutMillis,
                request.sessionId,
                password.length() == ConnectResponse.PASSWORD_BYTES
                        && SessionPassword.matches(request.sessionId, password),
                request.hasReadOnly,
                request.readOnly,
                nowNanos);
    }

    boolean isNew() {
        return sessionId == 0;
    }
}
