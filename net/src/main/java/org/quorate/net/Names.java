package org.quorate.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.Endpoint;

/** Looks names up, anew for each dial, on a virtual thread because it may take long. Stateless. */
final class Names {
    /** Hears the address, or why there is none. */
    interface Resolved {
        void done(@Nullable InetAddress address, @Nullable UnknownHostException failure);
    }

    private Names() {}

    /** The answer comes on the loop. */
    static void resolve(EdgeLoop loop, Endpoint endpoint, Resolved resolved) {
        Thread.ofVirtual()
                .name("quorate-names")
                .start(() -> {
                    try {
                        InetAddress address = InetAddress.getByName(endpoint.host());
                        loop.execute(() -> resolved.done(address, null));
                    } catch (UnknownHostException e) {
                        loop.execute(() -> resolved.done(null, e));
                    }
                });
    }
}
