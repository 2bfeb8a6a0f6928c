package org.quorate.node.host;

/**
 * Hears how far a server is with what keeps it from serving, for people. What is read is over
 * before anything is taken in, so no two calls come at once; none may wait.
 */
public interface StartProgress {
    /** In the server's log, a line every two seconds. */
    StartProgress LOGGED = new LoggedProgress();

    /** It wants to hear of something when that has taken so long, and then no more often. */
    long everyNanos();

    /**
     * A snapshot or a log is read: on the thread that starts the server.
     *
     * @param bytesAll of the snapshot; of all logs that are to be read
     */
    void reading(String file, long bytesDone, long bytesAll);

    /**
     * The leader's state is taken in: by whoever holds the core.
     *
     * @param znodes so far; nobody knows how many there will be
     */
    void takingIn(int znodes);

    /** What was told last is over, well or not. */
    void over();
}
