package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteOut;

/**
 * The body of a client request, one class per shape of record (client protocol §5). Strings may be
 * null slices: whoever executes the request decides what that means.
 */
public sealed interface Request
        permits AddWatchRequest,
                AuthRequest,
                CheckRequest,
                CreateRequest,
                CreateSessionRequest,
                DeleteRequest,
                EmptyRequest,
                MultiRequest,
                PathRequest,
                ReadRequest,
                ReconfigRequest,
                RemoveWatchesRequest,
                SaslRequest,
                SetAclRequest,
                SetDataRequest,
                SetWatchesRequest,
                UnknownRequest {
    /** One of {@link org.quorate.protocol.OpCode}, or for an unknown request what was sent. */
    int type();

    /** Writes the body, without any header. */
    void write(JuteOut out);
}
