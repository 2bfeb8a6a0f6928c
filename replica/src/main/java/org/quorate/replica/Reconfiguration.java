package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ReconfigRequest;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.ConfigSyntaxException;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.zab.Zab;

/**
 * Makes transactions of reconfig requests (client protocol §7, §17; peer protocol §8). What a
 * committed one changes is Zab's business. Owned by the core thread, used while this server leads.
 */
final class Reconfiguration {
    static final Slice PATH = Slice.of("/zookeeper/config");

    private static final int VOTERS_MIN_WITH_STANDALONE = 2;

    private final Standing standing;
    private final Preparer preparer;
    private final Proposer proposer;

    Reconfiguration(Standing standing, Preparer preparer, Proposer proposer) {
        this.standing = standing;
        this.preparer = preparer;
        this.proposer = proposer;
    }

    /**
     * Checks in ZooKeeper's order (the right to do it comes last) and proposes the new
     * configuration, or the refusal.
     *
     * @return the zxid, which is the new configuration's version
     */
    long propose(Author author, ReconfigRequest request) {
        Zab zab = standing.zab();
        long zxid = proposer.begin(zab, author);
        return proposer.end(zab, OpCode.RECONFIG, prepare(zab, request, zxid));
    }

    private int prepare(Zab zab, ReconfigRequest request, long zxid) {
        if (!standing.options.reconfigEnabled()) {
            return ErrorCode.RECONFIG_DISABLED;
        }
        if (zab.options().standalone()) {
            return ErrorCode.UNIMPLEMENTED;
        }
        EnsembleConfig current = zab.config();
        if (zab.lastSeenConfig().version() != current.version()) {
            return ErrorCode.RECONFIG_IN_PROGRESS;
        }
        if (request.configVersion != -1 && request.configVersion != current.version()) {
            return ErrorCode.BAD_VERSION;
        }
        EnsembleConfig next = next(current, request, zxid);
        int votersMin = zab.options().standaloneEnabled() ? VOTERS_MIN_WITH_STANDALONE : 1;
        if (next == null || next.voters().size() < votersMin || hasTooManyAddresses(next)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        if (!zab.hasSyncedQuorum(next)) {
            return ErrorCode.NEW_CONFIG_NO_QUORUM;
        }
        return preparer.reconfig(PATH, Slice.of(next.text()), proposer.out());
    }

    /** Where several are not allowed, other servers may not be able to read them. */
    private boolean hasTooManyAddresses(EnsembleConfig next) {
        return !standing.options.multiAddress()
                && next.members().values().stream()
                        .anyMatch(member -> member.addresses().size() > 1);
    }

    private static @Nullable EnsembleConfig next(
            EnsembleConfig current, ReconfigRequest request, long zxid) {
        try {
            if (!request.newMembers.isNull()) {
                return EnsembleConfig.parseNewMembers(request.newMembers.text(), zxid);
            }
            return current.change(text(request.joiningServers), text(request.leavingServers), zxid);
        } catch (ConfigSyntaxException e) {
            return null; // the client is told that its arguments are bad; there is no room for the
            // reason
        }
    }

    private static @Nullable String text(Slice slice) {
        return slice.isNull() ? null : slice.text();
    }
}
