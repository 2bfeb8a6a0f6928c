package org.quorate.node.host;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientLink;
import org.quorate.protocol.acl.Id;

/**
 * Who a client is before it has said anything: its address, and the subject of the certificate it
 * has shown (client protocol §10). Immutable.
 *
 * @param x509 certificates count
 * @param x509SuperUser subject of a super user's certificate, or null
 */
record Principals(boolean x509, @Nullable String x509SuperUser) {
    /** Of a client whose TLS handshake, if any, is over. The link's event loop. */
    List<Id> of(ClientLink link) {
        List<Id> ids = new ArrayList<>(2);
        List<X509Certificate> shown = x509 ? link.certificates() : List.of();
        if (!shown.isEmpty()) {
            String subject = shown.getFirst().getSubjectX500Principal().getName();
            if (subject.equals(x509SuperUser)) {
                ids.add(new Id("super", subject));
            }
            ids.add(new Id("x509", subject));
        }
        ids.add(new Id("ip", link.address().getHostAddress()));
        return List.copyOf(ids);
    }
}
