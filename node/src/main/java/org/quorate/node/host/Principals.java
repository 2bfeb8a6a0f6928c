package org.quorate.node.host;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientLink;
import org.quorate.protocol.acl.Id;

/**
 * Who a client is before it has said anything: its address, and the subject of the certificate it
 * has shown (client protocol §10). Clients of one address share what says so. Owned by one event
 * loop.
 */
final class Principals {
    /** Addresses remembered; past it they are forgotten, all of them. */
    private static final int ADDRESSES_MAX = 256;

    private final boolean x509;
    private final @Nullable String x509SuperUser;
    private final Map<InetAddress, List<Id>> known = new HashMap<>();

    /**
     * @param x509 certificates count
     * @param x509SuperUser subject of a super user's certificate, or null
     */
    Principals(boolean x509, @Nullable String x509SuperUser) {
        this.x509 = x509;
        this.x509SuperUser = x509SuperUser;
    }

    /**
     * Whose shares of the server a client has: its user's, if he has proven to be it. By {@code
     * digest} anybody calls himself what he likes: then those of its address.
     */
    static Object party(@Nullable Id user, ClientLink link) {
        return user == null || user.scheme().equals("digest") ? link.address() : user;
    }

    /** Of a client whose TLS handshake, if any, is over. */
    List<Id> of(ClientLink link) {
        List<X509Certificate> shown = x509 ? link.certificates() : List.of();
        if (shown.isEmpty()) {
            return ofAddress(link.address());
        }
        List<Id> ids = new ArrayList<>(3);
        String subject = shown.getFirst().getSubjectX500Principal().getName();
        if (subject.equals(x509SuperUser)) {
            ids.add(new Id("super", subject));
        }
        ids.add(new Id("x509", subject));
        ids.addAll(ofAddress(link.address()));
        return List.copyOf(ids);
    }

    /** The address among such ids, in text. */
    static String address(List<Id> ids) {
        return ids.getLast().id();
    }

    private List<Id> ofAddress(InetAddress address) {
        if (address instanceof Inet6Address six && six.getScopeId() != 0) {
            return ids(address); // others of the same bytes have another text
        }
        List<Id> ids = known.get(address);
        if (ids == null) {
            if (known.size() == ADDRESSES_MAX) {
                known.clear();
            }
            ids = ids(address);
            known.put(address, ids);
        }
        return ids;
    }

    private static List<Id> ids(InetAddress address) {
        return List.of(new Id("ip", address.getHostAddress()));
    }
}
