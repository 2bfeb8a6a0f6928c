package org.quorate.replica;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclIndex;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.IpRange;
import org.quorate.protocol.acl.Perms;

/**
 * Who may do what (client protocol §10). Immutable; any thread; allocates nothing but for the ip
 * scheme, for long lists, and for what plug-ins do.
 */
final class AccessRules {
    private static final String SASL_SUPER = "super";

    /** A list of no more entries is looked through; of a longer one an index is made. */
    static final int LOOKED_THROUGH_MAX = 64;

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
        if (entries.size() > LOOKED_THROUGH_MAX) {
            return (perms(acl.index(), ids) & wanted) != 0 || isSuper(ids);
        }
        for (int i = 0; i < entries.size(); i++) {
            Acl entry = entries.get(i);
            if ((entry.perms() & wanted) != 0 && entry.id().equals(Id.ANYONE)) {
                return true;
            }
        }
        if (isSuper(ids)) {
            return true;
        }
        for (int i = 0; i < entries.size(); i++) {
            Acl entry = entries.get(i);
            if ((entry.perms() & wanted) != 0 && matchesAny(entry.id(), ids)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSuper(List<Id> ids) {
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i).scheme().equals(Schemes.SUPER)) {
                return true;
            }
        }
        return false;
    }

    /** What a long list gives to anybody and to these ids, as {@link #matches} says. */
    private int perms(AclIndex list, List<Id> ids) {
        int perms = list.perms(Id.ANYONE);
        for (int i = 0; i < ids.size(); i++) {
            Id id = ids.get(i);
            perms |=
                    switch (id.scheme()) {
                        case Schemes.IP -> list.permsOfAddress(id.id());
                        case Schemes.SASL ->
                                id.id().equals(SASL_SUPER)
                                        ? permsOfAll(list.of(Schemes.SASL))
                                        : list.perms(id) | permsOfAnyUser(list);
                        default -> {
                            Scheme scheme = schemes.get(id.scheme());
                            yield scheme == null
                                    ? list.perms(id)
                                    : permsOfAll(
                                            list.of(id.scheme()).stream()
                                                    .filter(entry ->
                                                            scheme.matches(
                                                                    id.id(), entry.id().id()))
                                                    .toList());
                        }
                    };
        }
        return perms;
    }

    private int permsOfAnyUser(AclIndex list) {
        String any = anySaslUser;
        return any == null ? 0 : list.perms(new Id(Schemes.SASL, any));
    }

    private static int permsOfAll(List<Acl> entries) {
        int perms = 0;
        for (Acl entry : entries) {
            perms |= entry.perms();
        }
        return perms;
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
