package org.quorate.net;

/**
 * Limits of the client edge; names in the comments are those of ZooKeeper's configuration.
 *
 * @param loops event loops; by default one for two processors, so that a round finds more to do at
 *     once and the core, the log and the clients have room
 * @param frameBytesMax longest accepted frame, without its length: {@code jute.maxbuffer}
 * @param connectionsPerAddressMax {@code maxClientCnxns}; 0 = no limit
 * @param connectionsMax {@code maxCnxns}; 0 = no limit
 * @param sessionlessMillisMax how long a connection may stay without a session
 * @param lingerMillisMax how long a closing connection may take to read its last bytes
 * @param requestsPerConnectionMax under way of one connection; past it its socket is not read
 * @param requestsMax {@code globalOutstandingLimit}: past it sockets with requests under way are
 *     not read
 * @param requestBytesMax bytes of all requests under way, with the same effect
 * @param outboundBytesPause unsent bytes of one connection past which it is not read
 * @param outboundBytesMax unsent bytes of one connection, its longest frame left out, past which it
 *     is closed: a client that is sent events and never reads
 * @param outboundBytesAllMax unsent bytes of all connections together, past which those with more
 *     than their share are closed
 * @param backlog {@code clientPortListenBacklog}
 * @param tcpKeepAlive {@code clientTcpKeepAlive}
 */
public record ClientEdgeOptions(
        int loops,
        int frameBytesMax,
        int connectionsPerAddressMax,
        int connectionsMax,
        int sessionlessMillisMax,
        int lingerMillisMax,
        int requestsPerConnectionMax,
        int requestsMax,
        long requestBytesMax,
        int outboundBytesPause,
        long outboundBytesMax,
        long outboundBytesAllMax,
        int backlog,
        boolean tcpKeepAlive) {

    /** ZooKeeper's defaults, and ours where it has no such limit. */
    public static final ClientEdgeOptions DEFAULT =
            new ClientEdgeOptions(
                    Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                    0xfffff,
                    60,
                    0,
                    10_000,
                    5_000,
                    1_000,
                    1_000,
                    64L << 20,
                    256 << 10,
                    64L << 20,
                    256L << 20,
                    50,
                    false);

    /** The same with so many event loops. */
    public ClientEdgeOptions withLoops(int value) {
        return new ClientEdgeOptions(
                value,
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                sessionlessMillisMax,
                lingerMillisMax,
                requestsPerConnectionMax,
                requestsMax,
                requestBytesMax,
                outboundBytesPause,
                outboundBytesMax,
                outboundBytesAllMax,
                backlog,
                tcpKeepAlive);
    }

    /** The same with another longest frame. */
    public ClientEdgeOptions withFrameBytesMax(int value) {
        return new ClientEdgeOptions(
                loops,
                value,
                connectionsPerAddressMax,
                connectionsMax,
                sessionlessMillisMax,
                lingerMillisMax,
                requestsPerConnectionMax,
                requestsMax,
                requestBytesMax,
                outboundBytesPause,
                outboundBytesMax,
                outboundBytesAllMax,
                backlog,
                tcpKeepAlive);
    }

    /** The same with other limits of connections; 0 = no limit. */
    public ClientEdgeOptions withConnectionsMax(int perAddress, int all) {
        return new ClientEdgeOptions(
                loops,
                frameBytesMax,
                perAddress,
                all,
                sessionlessMillisMax,
                lingerMillisMax,
                requestsPerConnectionMax,
                requestsMax,
                requestBytesMax,
                outboundBytesPause,
                outboundBytesMax,
                outboundBytesAllMax,
                backlog,
                tcpKeepAlive);
    }

    /** The same with other times to be silent, or to linger, at most. */
    public ClientEdgeOptions withMillisMax(int sessionless, int linger) {
        return new ClientEdgeOptions(
                loops,
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                sessionless,
                linger,
                requestsPerConnectionMax,
                requestsMax,
                requestBytesMax,
                outboundBytesPause,
                outboundBytesMax,
                outboundBytesAllMax,
                backlog,
                tcpKeepAlive);
    }

    /** The same with other limits of what is under way. */
    public ClientEdgeOptions withRequestsMax(int perConnection, int all, long bytesOfAll) {
        return new ClientEdgeOptions(
                loops,
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                sessionlessMillisMax,
                lingerMillisMax,
                perConnection,
                all,
                bytesOfAll,
                outboundBytesPause,
                outboundBytesMax,
                outboundBytesAllMax,
                backlog,
                tcpKeepAlive);
    }

    /** The same with other limits of unsent bytes: of one connection, and of all. */
    public ClientEdgeOptions withOutboundBytes(int pause, long max, long all) {
        return new ClientEdgeOptions(
                loops,
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                sessionlessMillisMax,
                lingerMillisMax,
                requestsPerConnectionMax,
                requestsMax,
                requestBytesMax,
                pause,
                max,
                all,
                backlog,
                tcpKeepAlive);
    }

    /** The same with other socket options. */
    public ClientEdgeOptions withSocket(int newBacklog, boolean newTcpKeepAlive) {
        return new ClientEdgeOptions(
                loops,
                frameBytesMax,
                connectionsPerAddressMax,
                connectionsMax,
                sessionlessMillisMax,
                lingerMillisMax,
                requestsPerConnectionMax,
                requestsMax,
                requestBytesMax,
                outboundBytesPause,
                outboundBytesMax,
                outboundBytesAllMax,
                newBacklog,
                newTcpKeepAlive);
    }
}
