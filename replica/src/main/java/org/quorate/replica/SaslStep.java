package org.quorate.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;

/** What the host's evaluation of a client's SASL token has come to. */
public sealed interface SaslStep {
    /**
     * Nothing is proven, and the conversation may go on.
     *
     * @param token what the client is told; null for nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(byte @Nullable [] token) implements SaslStep {}

    /**
     * The client is who it says.
     *
     * @param token what the client is told; null for nothing
     * @param ids what it is from now on, beside what it was
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Proven(byte @Nullable [] token, List<Id> ids) implements SaslStep {}

    /** It is not: its connection ends. */
    record Refused() implements SaslStep {}
}
