package org.quorate.protocol.acl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a long access list says of an id without looking at each entry: ids are found by
 * halving, addresses are compared with ranges that were read once. Immutable; any thread.
 */
public final class AclIndex {
    private static final String IP = "ip";
    private static final Comparator<Acl> BY_ID =
            Comparator.<Acl, String>comparing(entry -> entry.id().scheme())
                    .thenComparing(entry -> entry.id().id());

    private static final int V4_BITS = 32;

    private record AddressEntry(IpRange.Range range, int perms) {}

    /** By scheme and id. */
    private final Acl[] sorted;

    /** Ranges of IPv6. */
    private final AddressEntry[] ranges6;

    // Ranges of IPv4: of the same index first address, the bits of it that count, what is given.
    private final int[] first4;
    private final int[] mask4;
    private final int[] perms4;

    AclIndex(List<Acl> entries) {
        this.sorted = entries.toArray(Acl[]::new);
        Arrays.sort(sorted, BY_ID);
        List<AddressEntry> six = new ArrayList<>();
        List<AddressEntry> four = new ArrayList<>();
        for (Acl entry : of(IP)) {
            IpRange.Range range = IpRange.parse(entry.id().id());
            if (range != null) {
                (range.bytes().length == Integer.BYTES ? four : six)
                        .add(new AddressEntry(range, entry.perms()));
            }
        }
        this.ranges6 = six.toArray(AddressEntry[]::new);
        this.first4 = new int[four.size()];
        this.mask4 = new int[four.size()];
        this.perms4 = new int[four.size()];
        for (int i = 0; i < first4.length; i++) {
            IpRange.Range range = four.get(i).range;
            mask4[i] = range.bits() == 0 ? 0 : -1 << V4_BITS - range.bits();
            first4[i] = intOf(range.bytes()) & mask4[i];
            perms4[i] = four.get(i).perms;
        }
    }

    private static int intOf(byte[] address) {
        return ByteBuffer.wrap(address).getInt();
    }

    /** What is given to exactly this id: bits of {@link Perms}. */
    public int perms(Id id) {
        Acl wanted = new Acl(0, id);
        int perms = 0;
        for (int at = from(wanted); at < sorted.length && sorted[at].id().equals(id); at++) {
            perms |= sorted[at].perms();
        }
        return perms;
    }

    /** What is given to an address, by all ranges that it lies in. */
    public int permsOfAddress(String address) {
        byte @Nullable [] bytes = IpRange.bytes(address);
        int perms = 0;
        if (bytes != null && bytes.length == Integer.BYTES) {
            int actual = intOf(bytes);
            for (int i = 0; i < first4.length; i++) {
                if ((actual & mask4[i]) == first4[i]) {
                    perms |= perms4[i];
                }
            }
        } else if (bytes != null) {
            for (AddressEntry each : ranges6) {
                if (each.range.holds(bytes)) {
                    perms |= each.perms;
                }
            }
        }
        return perms;
    }

    /** All entries of a scheme. */
    public List<Acl> of(String scheme) {
        int from = from(new Acl(0, new Id(scheme, "")));
        int to = from;
        while (to < sorted.length && sorted[to].id().scheme().equals(scheme)) {
            to++;
        }
        return Arrays.asList(sorted).subList(from, to);
    }

    /** The first that is not before this one. */
    private int from(Acl wanted) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (BY_ID.compare(sorted[middle], wanted) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public String toString() {
        return "index of %d entries".formatted(sorted.length);
    }
}
