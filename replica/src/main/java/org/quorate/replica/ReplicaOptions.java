package org.quorate.replica;

import org.jspecify.annotations.Nullable;

/**
 * How a server treats its clients; names and defaults are those of ZooKeeper's configuration
 * (reference: administration §1). Immutable; made with {@link #builder}-style withers as needed.
 *
 * @param serverId for new session ids
 * @param tickMillis granularity of expiry
 * @param minSessionTimeoutMillis lower clamp
 * @param maxSessionTimeoutMillis upper clamp
 * @param frameBytesMax {@code jute.maxbuffer}
 * @param extendedTypes TTL nodes are allowed
 * @param enforceQuota hard quotas refuse
 * @param skipAcl no access checks at all
 * @param reconfigEnabled op 16 is allowed
 * @param localSessions sessions that only this server knows
 * @param localSessionsUpgrading upgraded at their first ephemeral
 * @param readOnlyMode serve reads when cut off
 * @param superDigest {@code user:base64(sha1(user:password))} of the super user, or null
 * @param enforceAuthSchemes a connection must authenticate with one of these (comma list), or null
 * @param containerCheckMillis between sweeps of containers and TTL nodes
 * @param containersPerMinuteMax deletions by a sweep
 * @param containerNeverUsedMillis age at which a never used container goes; 0 = never
 * @param holdMillisMax how long clients are held without a leader
 * @param heldRequestsMax requests held without a leader, in all
 */
public record ReplicaOptions(
        long serverId,
        int tickMillis,
        int minSessionTimeoutMillis,
        int maxSessionTimeoutMillis,
        int frameBytesMax,
        boolean extendedTypes,
        boolean enforceQuota,
        boolean skipAcl,
        boolean reconfigEnabled,
        boolean localSessions,
        boolean localSessionsUpgrading,
        boolean readOnlyMode,
        @Nullable String superDigest,
        @Nullable String enforceAuthSchemes,
        int containerCheckMillis,
        int containersPerMinuteMax,
        long containerNeverUsedMillis,
        int holdMillisMax,
        int heldRequestsMax) {

    /** ZooKeeper's defaults for this tick. */
    public static ReplicaOptions defaults(int tickMillis) {
        return new ReplicaOptions(
                0,
                tickMillis,
                2 * tickMillis,
                20 * tickMillis,
                0xfffff,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                null,
                null,
                60_000,
                10_000,
                0,
                3_000,
                10_000);
    }
}
