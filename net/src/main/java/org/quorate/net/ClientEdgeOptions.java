package org.quorate.net;

/**
 * Limits of the client edge; names in the comments are those of ZooKeeper's configuration.
 *
 * @param loops event loops; by default one for two processors, so that a round finds more to do at
 *     once and the core, the log and the clients have room
 * @param frameBytesMax longest accepted frame, without its length: {@code jute.maxbuffer}
 */
public record ClientEdgeOptions(
        int loops,
        int frameBytesMax,
        Connections connections,
        Silence silence,
        Requests requests,
        Outbound outbound,
        Sockets sockets) {
    /**
     * How many there may be.
     *
     * @param perAddressMax {@code maxClientCnxns}; 0 = no limit
     * @param max {@code maxCnxns}; 0 = no limit
     */
    public record Connections(int perAddressMax, int max) {}

    /**
     * How long a connection may do nothing.
     *
     * @param sessionlessMillisMax without a session
     * @param lingerMillisMax before it reads its last bytes, when closing
     */
    public record Silence(int sessionlessMillisMax, int lingerMillisMax) {}

    /**
     * What may be under way.
     *
     * @param perConnectionMax of one connection; past it its socket is not read
     * @param max {@code globalOutstandingLimit}: past it sockets with requests under way are not
     *     read
     * @param bytesMax of all together, with the same effect
     * @param largeBytes {@code largeRequestThreshold}: a request longer than this is large; −1 for
     *     none
     * @param largeBytesMax {@code largeRequestMaxBytes} of all large ones; one that would go past
     *     it ends its connection
     */
    public record Requests(
            int perConnectionMax, int max, long bytesMax, int largeBytes, long largeBytesMax) {}

    /**
     * Unsent bytes.
     *
     * @param bytesPause of one connection; past it it is not read
     * @param bytesMax of one connection, its longest frame left out; past it it is closed: a client
     *     that is sent events and never reads
     * @param bytesAllMax of all together; past it those with more than their share are closed
     */
    public record Outbound(int bytesPause, long bytesMax, long bytesAllMax) {}

    /**
     * What the system is told.
     *
     * @param backlog {@code clientPortListenBacklog}
     * @param keepAlive {@code clientTcpKeepAlive}
     */
    public record Sockets(int backlog, boolean keepAlive) {}

    /** ZooKeeper's defaults, and ours where it has no such limit. */
    public static final ClientEdgeOptions DEFAULT =
            new ClientEdgeOptions(
                    Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                    0xfffff,
                    new Connections(60, 0),
                    new Silence(10_000, 5_000),
                    new Requests(1_000, 1_000, 64L << 20, -1, 100 << 20),
                    new Outbound(256 << 10, 64L << 20, 256L << 20),
                    new Sockets(50, false));
}
