package org.quorate.replica;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;

/**
 * Who may do what (client protocol §10). Immutable; any thread; allocates nothing but for the ip
 * scheme, and for what plug-ins do.
 */
final class AccessRules {
    private static final String SASL_SUPER = "super";

    /** Everybody may do everything. */
    private final boolean skipAcl;

    /** The name that stands for each SASL user in an access list, or null. */
    private final @Nullable String anySaslUser;

    /** Schemes that are not ZooKeeper's, by name. */
    private final Map<String, Scheme> schemes;

    AccessRules(ReplicaOptions options) {
        this.skipAcl = options.skipAcl();
        this.anySaslUser = options.anySaslUser();
        this.schemes = Schemes.byName(options.schemes());
    }

    /** {@link ErrorCode#OK} or {@link ErrorCode#NO_AUTH}. */
    int check(AclList acl, int wanted, List<Id> ids) {
        return allows(acl, wanted, ids) ? ErrorCode.OK : ErrorCode.NO_AUTH;
    }

    /**
     * @param wanted bits of {@link Perms}; one of them is enough
     */
    boolean allows(AclList acl, int wanted, List<Id> ids) {
        List<Acl> entries = acl.entries();
        if (skipAcl || entries.isEmpty()) {
            return true;
        }
        for (int i = 0; i < entries.size(); i++) {
            Acl entry = entries.get(i);
            if ((entry.perms() & wanted) != 0 && entry.id().equals(Id.ANYONE)) {
                return true;
            }
        }
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i).scheme().equals(Schemes.SUPER)) {
                return true;
            }
        }
        for (int i = 0; i < entries.size(); i++) {
            Acl entry = entries.get(i);
            if ((entry.perms() & wanted) != 0 && matchesAny(entry.id(), ids)) {
                return true;
            }
        }
        return false;
    }

    private boolean matchesAny(Id wanted, List<Id> ids) {
        for (int i = 0; i < ids.size(); i++) {
            Id id = ids.get(i);
            if (id.scheme().equals(wanted.scheme()) && matches(id, wanted.id())) {
                return true;
            }
        }
        return false;
    }

    /** Of ids of one scheme. */
    private boolean matches(Id id, String wanted) {
        return switch (id.scheme()) {
            case Schemes.IP -> IpRange.matches(id.id(), wanted);
            case Schemes.SASL ->
                    id.id().equals(wanted)
                            || id.id().equals(SASL_SUPER)
                            || wanted.equals(anySaslUser);
            default -> {
                Scheme scheme = schemes.get(id.scheme());
                yield scheme == null ? id.id().equals(wanted) : scheme.matches(id.id(), wanted);
            }
        };
    }

    /** What somebody without ADMIN sees of an entry: no hash of a password. */
    static Acl redacted(Acl entry) {
        Id id = entry.id();
        if (!id.scheme().equals(Schemes.DIGEST)) {
            return entry;
        }
        int colon = id.id().indexOf(':');
        String user = colon < 0 ? id.id() : id.id().substring(0, colon);
        return new Acl(entry.perms(), new Id(id.scheme(), user + ":x"));
    }
}
