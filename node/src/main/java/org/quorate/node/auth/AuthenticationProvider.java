package org.quorate.node.auth;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.quorate.protocol.acl.Id;
import org.quorate.replica.Scheme;

/**
 * A scheme of authentication of one's own, named by {@code authProvider.N=CLASS} in the
 * configuration: a public class with a public constructor without arguments, on the class path.
 * What {@code addauth NAME …} sends comes to {@link #authenticate}. Classes of ZooKeeper's own
 * interface of this name are taken too, if ZooKeeper's jar is on the class path.
 *
 * <p>Each server of an ensemble needs the provider: the leader judges what others forward.
 */
public interface AuthenticationProvider extends Scheme {
    /**
     * Who asks.
     *
     * @param address of the client
     * @param certificates that it has shown by TLS, its own first; empty if it has shown none
     */
    record Client(InetSocketAddress address, List<X509Certificate> certificates) {
        public Client {
            certificates = List.copyOf(certificates);
        }
    }

    /**
     * Looks at what a client sends to prove who it is. Called by several threads at once, which are
     * there for nothing else: it may take a while, and the client waits. Whatever is thrown
     * refuses.
     *
     * @return what the client has proven, in most cases one id of this scheme; an id of the scheme
     *     {@code super} makes it one whom no access list stops. Empty to refuse: the client is
     *     answered with AuthFailed and closed
     * @throws Exception to refuse, with a message for the log, which should hold no secret
     */
    List<Id> authenticate(Client client, byte[] credentials) throws Exception;
}
