package org.quorate.node.admin;

import org.quorate.net.FourLetterWords;
import org.quorate.node.metrics.Jvm;

/**
 * All that a server offers its operators: the four-letter words, which the clients' edge asks for,
 * and the HTTP servers. Made before the server serves; methods may be called by any thread.
 */
public final class AdminSurface implements AutoCloseable {
    private final Jvm jvm = new Jvm();
    private final WordHandler words;

    /**
     * Opens nothing yet and asks nothing yet.
     *
     * @param server to be asked later
     */
    public AdminSurface(ServerView server) {
        Monitor monitor = new Monitor(server, jvm);
        TraceMask traceMask = new TraceMask();
        this.words = new WordHandler(new Words(server, monitor, traceMask));
    }

    /** For the clients' edge. */
    public FourLetterWords words() {
        return words;
    }

    @Override
    public void close() {
        jvm.close();
    }
}
