package org.quorate.protocol.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * The first bytes on a connection to an election port (peer protocol §1.1). To be sent in one
 * write.
 *
 * @param protocolVersion {@link #VERSION_ONE_ADDRESS}, {@link #VERSION_ADDRESS_LIST}, or 0 of an
 *     ancient peer that told its id alone
 * @param serverId of the sender; {@link #ANONYMOUS_OBSERVER} of one without
 * @param electionAddresses where the sender listens; wildcards are dropped when reading, so
 *     possibly none
 */
public record InitialMessage(
        long protocolVersion, long serverId, List<Endpoint> electionAddresses) {
    public static final long VERSION_ONE_ADDRESS = -65536;
    public static final long VERSION_ADDRESS_LIST = -65535;
    public static final long ANONYMOUS_OBSERVER = Long.MAX_VALUE;
    public static final int ADDRESS_BYTES_MAX = 2048;

    private static final long VERSION_ANCIENT = 0;

    public InitialMessage {
        electionAddresses = List.copyOf(electionAddresses);
    }

    /** What a server of one address sends. */
    public static InitialMessage of(long serverId, Endpoint electionAddress) {
        return new InitialMessage(VERSION_ONE_ADDRESS, serverId, List.of(electionAddress));
    }

    /**
     * Reads the message from the front of a stream.
     *
     * @throws JuteException if it is malformed; with {@link JuteException#endsEarly()} if bytes are
     *     missing
     */
    public static InitialMessage read(JuteIn in) {
        long version = in.readLong();
        if (version >= 0) {
            return new InitialMessage(VERSION_ANCIENT, version, List.of());
        }
        if (version != VERSION_ONE_ADDRESS && version != VERSION_ADDRESS_LIST) {
            throw new JuteException("initial message of version " + version);
        }
        long serverId = in.readLong();
        int length = in.readInt();
        if (length <= 0 || length > ADDRESS_BYTES_MAX) {
            throw new JuteException(
                    "initial message with %d bytes of addresses, allowed 1 to %d"
                            .formatted(length, ADDRESS_BYTES_MAX));
        }
        Slice text = new Slice();
        int from = in.position();
        in.skip(length);
        text.set(in.array(), from, length);
        return new InitialMessage(version, serverId, parseAddresses(text.text()));
    }

    /**
     * Writes the whole message.
     *
     * @throws IllegalStateException if the addresses are too long
     */
    public void write(JuteOut out) {
        if (protocolVersion == VERSION_ANCIENT) {
            out.writeLong(serverId);
            return;
        }
        out.writeLong(protocolVersion).writeLong(serverId);
        int lengthAt = out.size();
        out.writeString(
                electionAddresses.stream()
                        .map(Endpoint::toString)
                        .collect(Collectors.joining("|")));
        if (out.size() - lengthAt - 4 > ADDRESS_BYTES_MAX) {
            throw new IllegalStateException(
                    "election addresses longer than %d bytes".formatted(ADDRESS_BYTES_MAX));
        }
    }

    private static List<Endpoint> parseAddresses(String text) {
        List<Endpoint> addresses = new ArrayList<>();
        try {
            for (String address : text.split("\\|")) {
                Endpoint endpoint = Endpoint.parse(address);
                if (!endpoint.isWildcard()) {
                    addresses.add(endpoint);
                }
            }
        } catch (ConfigSyntaxException e) {
            throw new JuteException("initial message: " + e.getMessage());
        }
        return addresses;
    }
}
