package org.quorate.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server treats its clients; names and defaults are those of ZooKeeper's configuration
 * (reference: administration §1). Immutable; made with {@link #builder}.
 *
 * @param serverId for new session ids
 * @param tickMillis granularity of expiry
 * @param minSessionTimeoutMillis lower clamp
 * @param maxSessionTimeoutMillis upper clamp
 * @param frameBytesMax {@code jute.maxbuffer}
 * @param replyBytesMax longest reply; a longer one is answered with MarshallingError
 * @param extendedTypes TTL nodes are allowed
 * @param enforceQuota hard quotas refuse
 * @param skipAcl no access checks at all
 * @param reconfigEnabled op 16 is allowed
 * @param multiAddress op 16 may give a server several addresses
 * @param localSessions sessions that only this server knows
 * @param localSessionsUpgrading upgraded at their first ephemeral
 * @param readOnlyMode serve reads when cut off
 * @param digestScheme the digest scheme is there
 * @param superDigest {@code user:base64(sha1(user:password))} of the super user, or null
 * @param enforceAuthSchemes a connection must authenticate with one of these (comma list), or null
 * @param containerCheckMillis between sweeps of containers and TTL nodes
 * @param containersPerMinuteMax deletions by a sweep
 * @param containerNeverUsedMillis age at which a never used container goes; 0 = never
 * @param holdMillisMax how long clients are held without a leader
 * @param heldRequestsMax requests held without a leader, in all
 * @param heldBytesMax bytes of them, in all
 * @param extraAclSchemes further schemes that an ACL may name (comma list), such as {@code sasl}
 *     and {@code x509} where a provider is configured
 * @param anySaslUser the name that stands for each SASL user in an access list, or null
 * @param idsMax that one connection may prove to be
 * @param aclEntriesMax of one access list
 * @param schemes further ones, not ZooKeeper's
 * @param userShare what each user may hold who has proven who it is, super users left out
 * @param addressShare what each address may hold
 * @param pathShare what may be held at and below some paths
 */
public record ReplicaOptions(
        long serverId,
        int tickMillis,
        int minSessionTimeoutMillis,
        int maxSessionTimeoutMillis,
        int frameBytesMax,
        int replyBytesMax,
        boolean extendedTypes,
        boolean enforceQuota,
        boolean skipAcl,
        boolean reconfigEnabled,
        boolean multiAddress,
        boolean localSessions,
        boolean localSessionsUpgrading,
        boolean readOnlyMode,
        boolean digestScheme,
        @Nullable String superDigest,
        @Nullable String enforceAuthSchemes,
        int containerCheckMillis,
        int containersPerMinuteMax,
        long containerNeverUsedMillis,
        int holdMillisMax,
        int heldRequestsMax,
        long heldBytesMax,
        String extraAclSchemes,
        @Nullable String anySaslUser,
        int idsMax,
        int aclEntriesMax,
        List<Scheme> schemes,
        ShareOptions userShare,
        ShareOptions addressShare,
        PathShare pathShare) {

    public ReplicaOptions {
        schemes = List.copyOf(schemes);
        if (replyBytesMax <= 0) {
            throw new IllegalArgumentException("replies of %d bytes".formatted(replyBytesMax));
        }
        if (tickMillis <= 0 || frameBytesMax <= 0 || containersPerMinuteMax <= 0) {
            throw new IllegalArgumentException(
                    "tick %d ms, frames of %d bytes, %d containers a minute: each must be above 0"
                            .formatted(tickMillis, frameBytesMax, containersPerMinuteMax));
        }
        if (minSessionTimeoutMillis > maxSessionTimeoutMillis) {
            throw new IllegalArgumentException(
                    "minSessionTimeout %d is above maxSessionTimeout %d"
                            .formatted(minSessionTimeoutMillis, maxSessionTimeoutMillis));
        }
    }

    /** ZooKeeper's defaults for this tick. */
    public static ReplicaOptions defaults(int tickMillis) {
        return builder(tickMillis).build();
    }

    /** ZooKeeper's defaults for this tick, to be changed. */
    public static Builder builder(int tickMillis) {
        return new Builder(tickMillis);
    }

    /** Collects what differs from the defaults. */
    public static final class Builder {
        private final int tickMillis;
        private long serverId;
        private int minSessionTimeoutMillis;
        private int maxSessionTimeoutMillis;
        private int frameBytesMax = 0xfffff;
        private int replyBytesMax = 64 << 20;
        private boolean extendedTypes;
        private boolean enforceQuota;
        private boolean skipAcl;
        private boolean reconfigEnabled;
        private boolean multiAddress;
        private boolean localSessions;
        private boolean localSessionsUpgrading;
        private boolean readOnlyMode;
        private boolean digestScheme = true;
        private @Nullable String superDigest;
        private @Nullable String enforceAuthSchemes;
        private int containerCheckMillis = 60_000;
        private int containersPerMinuteMax = 10_000;
        private long containerNeverUsedMillis;
        private int holdMillisMax = 3_000;
        private int heldRequestsMax = 10_000;
        private long heldBytesMax = 64L << 20;
        private String extraAclSchemes = "";
        private @Nullable String anySaslUser;
        private int idsMax = 100;
        private int aclEntriesMax = Integer.MAX_VALUE;
        private List<Scheme> schemes = List.of();
        private ShareOptions userShare = ShareOptions.NONE;
        private ShareOptions addressShare = ShareOptions.NONE;
        private PathShare pathShare = PathShare.NONE;

        private Builder(int tickMillis) {
            this.tickMillis = tickMillis;
            minSessionTimeoutMillis = 2 * tickMillis;
            maxSessionTimeoutMillis = 20 * tickMillis;
        }

        public ReplicaOptions build() {
            return new ReplicaOptions(
                    serverId,
                    tickMillis,
                    minSessionTimeoutMillis,
                    maxSessionTimeoutMillis,
                    frameBytesMax,
                    replyBytesMax,
                    extendedTypes,
                    enforceQuota,
                    skipAcl,
                    reconfigEnabled,
                    multiAddress,
                    localSessions,
                    localSessionsUpgrading,
                    readOnlyMode,
                    digestScheme,
                    superDigest,
                    enforceAuthSchemes,
                    containerCheckMillis,
                    containersPerMinuteMax,
                    containerNeverUsedMillis,
                    holdMillisMax,
                    heldRequestsMax,
                    heldBytesMax,
                    extraAclSchemes,
                    anySaslUser,
                    idsMax,
                    aclEntriesMax,
                    schemes,
                    userShare,
                    addressShare,
                    pathShare);
        }

        public Builder serverId(long id) {
            serverId = id;
            return this;
        }

        public Builder sessionTimeoutMillis(int min, int max) {
            minSessionTimeoutMillis = min;
            maxSessionTimeoutMillis = max;
            return this;
        }

        public Builder replyBytesMax(int bytes) {
            replyBytesMax = bytes;
            return this;
        }

        public Builder frameBytesMax(int bytes) {
            frameBytesMax = bytes;
            return this;
        }

        public Builder extendedTypes(boolean allowed) {
            extendedTypes = allowed;
            return this;
        }

        public Builder enforceQuota(boolean enforce) {
            enforceQuota = enforce;
            return this;
        }

        public Builder skipAcl(boolean skip) {
            skipAcl = skip;
            return this;
        }

        public Builder reconfigEnabled(boolean enabled) {
            reconfigEnabled = enabled;
            return this;
        }

        public Builder multiAddress(boolean allowed) {
            multiAddress = allowed;
            return this;
        }

        public Builder localSessions(boolean enabled, boolean upgrading) {
            localSessions = enabled;
            localSessionsUpgrading = upgrading;
            return this;
        }

        public Builder readOnlyMode(boolean enabled) {
            readOnlyMode = enabled;
            return this;
        }

        public Builder digestScheme(boolean there) {
            digestScheme = there;
            return this;
        }

        public Builder superDigest(@Nullable String digest) {
            superDigest = digest;
            return this;
        }

        public Builder enforceAuthSchemes(@Nullable String schemes) {
            enforceAuthSchemes = schemes;
            return this;
        }

        public Builder containers(int checkMillis, int perMinuteMax, long neverUsedMillis) {
            containerCheckMillis = checkMillis;
            containersPerMinuteMax = perMinuteMax;
            containerNeverUsedMillis = neverUsedMillis;
            return this;
        }

        public Builder hold(int millisMax, int requestsMax, long bytesMax) {
            holdMillisMax = millisMax;
            heldRequestsMax = requestsMax;
            heldBytesMax = bytesMax;
            return this;
        }

        public Builder extraAclSchemes(String schemes) {
            extraAclSchemes = schemes;
            return this;
        }

        public Builder idsMax(int ids) {
            idsMax = ids;
            return this;
        }

        public Builder aclEntriesMax(int entries) {
            aclEntriesMax = entries;
            return this;
        }

        public Builder schemes(List<? extends Scheme> further) {
            schemes = List.copyOf(further);
            return this;
        }

        public Builder shares(ShareOptions ofUser, ShareOptions ofAddress, PathShare ofPaths) {
            userShare = ofUser;
            addressShare = ofAddress;
            pathShare = ofPaths;
            return this;
        }

        public Builder anySaslUser(@Nullable String name) {
            anySaslUser = name;
            return this;
        }
    }
}
