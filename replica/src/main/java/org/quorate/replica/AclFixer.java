package org.quorate.replica;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.IpRange;
import org.quorate.protocol.jute.Slice;

/**
 * Makes of the list that a client sends with create or setACL the one that is stored, or refuses it
 * (client protocol §10): drops exact duplicates, puts the connection's own ids in the place of
 * {@code auth}, checks every id and how many there are. Owned by the core thread. The few lists
 * that an installation uses are remembered, so that they cost no allocation.
 */
final class AclFixer {
    private static final int REMEMBERED = 64;
    private static final int REMEMBERED_BYTES_MAX = 1024;

    /** A list as a value and encoded. Immutable, its bytes included. */
    static final class Fixed {
        final AclList list;
        final Slice encoded;
        private final byte[] asked;

        private Fixed(byte[] asked, AclList list) {
            this.asked = asked;
            this.list = list;
            this.encoded = Slice.of(list.encoded());
        }
    }

    /** Total, so that no ids can be chosen that make a set of them slow. */
    private static final Comparator<Acl> ORDER =
            Comparator.<Acl>comparingInt(Acl::perms)
                    .thenComparing(entry -> entry.id().scheme())
                    .thenComparing(entry -> entry.id().id());

    private final boolean digestScheme;
    private final int entriesMax;

    /** To be accepted beside world, auth, ip and digest, and those of plug-ins. */
    private final Set<String> extraSchemes;

    private final @Nullable Fixed[] remembered = new @Nullable Fixed[REMEMBERED];

    /** Schemes that are not ZooKeeper's, by name. */
    private final Map<String, Scheme> schemes;

    AclFixer(ReplicaOptions options) {
        this.digestScheme = options.digestScheme();
        this.entriesMax = options.aclEntriesMax();
        Set<String> extra = new LinkedHashSet<>();
        for (String scheme : options.extraAclSchemes().split(",")) {
            if (!scheme.isBlank()) {
                extra.add(scheme.strip());
            }
        }
        this.extraSchemes = Set.copyOf(extra);
        this.schemes = Schemes.byName(options.schemes());
    }

    /**
     * Cleans a list.
     *
     * @param ids of the connection that asks
     * @return null if the list is not valid, or too long: InvalidACL
     */
    @Nullable Fixed fix(AclVector asked, List<Id> ids) {
        if (asked.count() == 0 || asked.count() > entriesMax) {
            return null;
        }
        Slice encoded = asked.encoded();
        int slot = hash(encoded) & REMEMBERED - 1;
        Fixed known = remembered[slot];
        if (known != null && encoded.sameBytes(known.asked)) {
            return known;
        }
        AclList given = asked.toList();
        List<Acl> entries = new ArrayList<>();
        Set<Acl> seen = new TreeSet<>(ORDER);
        boolean depends = false;
        for (Acl entry : given.entries()) {
            depends |= entry.id().scheme().equals(Schemes.AUTH);
            if (seen.add(entry) && !add(entry, ids, entries) || entries.size() > entriesMax) {
                return null;
            }
        }
        Fixed fixed = new Fixed(encoded.copy(), new AclList(entries));
        if (!depends && encoded.length() <= REMEMBERED_BYTES_MAX) {
            remembered[slot] = fixed;
        }
        return fixed;
    }

    private static int hash(Slice encoded) {
        int hash = 1;
        for (int i = encoded.from(); i < encoded.to(); i++) {
            hash = 31 * hash + encoded.array()[i];
        }
        return hash ^ hash >>> 16;
    }

    private boolean add(Acl entry, List<Id> ids, List<Acl> to) {
        if (!entry.id().scheme().equals(Schemes.AUTH)) {
            to.add(entry);
            return isValid(entry.id());
        }
        int before = to.size();
        ids.stream()
                .filter(id -> stands(id.scheme()))
                .sorted(Comparator.comparing(Id::scheme).thenComparing(Id::id))
                .forEach(id -> to.add(new Acl(entry.perms(), id)));
        return to.size() > before;
    }

    /** Do ids of this scheme stand for {@code auth}? Not if an access list cannot name it. */
    private boolean stands(String scheme) {
        Scheme further = schemes.get(scheme);
        if (further != null) {
            return further.isAuthenticated();
        }
        return Schemes.isAuthenticated(scheme)
                && (scheme.equals(Schemes.DIGEST) || extraSchemes.contains(scheme));
    }

    private boolean isValid(Id id) {
        return switch (id.scheme()) {
            case Schemes.WORLD -> id.id().equals(Id.ANYONE.id());
            case Schemes.IP -> IpRange.isValid(id.id());
            case Schemes.DIGEST -> digestScheme && id.id().split(":").length == 2;
            case Schemes.SASL -> extraSchemes.contains(id.scheme()) && isPrincipal(id.id());
            case Schemes.X509 -> extraSchemes.contains(id.scheme()) && isName(id.id());
            default -> {
                Scheme further = schemes.get(id.scheme());
                yield further == null
                        ? extraSchemes.contains(id.scheme()) && !id.id().isEmpty()
                        : further.isValid(id.id());
            }
        };
    }

    /**
     * {@code service}, {@code service/host}, or either with {@code @REALM}; more slashes without.
     */
    private static boolean isPrincipal(String name) {
        int at = name.indexOf('@');
        if (at < 0) {
            return !name.isEmpty();
        }
        int slash = name.indexOf('/');
        return name.indexOf('@', at + 1) < 0
                && (slash < 0 || slash < at && name.indexOf('/', slash + 1) < 0);
    }

    /** Is it a distinguished name (RFC 2253)? */
    private static boolean isName(String text) {
        try {
            return !new X500Principal(text).getName().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
