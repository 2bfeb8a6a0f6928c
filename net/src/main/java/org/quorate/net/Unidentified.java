package org.quorate.net;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepted connections of which it is not known yet with whom they are, up to a limit: {@code
 * peer.unidentified.limit}. Past it the oldest makes room, since a server says at once who it is,
 * and whoever holds connections without saying so must not keep servers out. Of the peers' loop.
 */
final class Unidentified {
    private static final Logger LOG = LoggerFactory.getLogger(Unidentified.class);

    private final String port;
    private final int max;

    // In the order of their coming. Channels are told apart by themselves: nobody chooses hashes.
    private final Set<Channel> channels = new LinkedHashSet<>();
    private final LogLimit complaints = new LogLimit();

    /**
     * @param port what the port is for, for people
     */
    Unidentified(String port, int max) {
        this.port = port;
        this.max = max;
    }

    void add(Channel channel) {
        if (channels.size() >= max) {
            Iterator<Channel> oldest = channels.iterator();
            Channel gone = oldest.next();
            oldest.remove();
            if (complaints.admits()) {
                LOG.warn(
                        "closing {}: {} connections to the {} port have not said who they are,"
                                + " which is the limit{}",
                        gone.remoteAddress(),
                        max,
                        port,
                        complaints.untold());
            }
            Transport.close(gone);
        }
        channels.add(channel);
        channel.closeFuture().addListener(closed -> channels.remove(channel));
    }

    void remove(Channel channel) {
        channels.remove(channel);
    }
}
