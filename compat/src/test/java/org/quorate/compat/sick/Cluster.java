package org.quorate.compat.sick;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Three servers as processes of their own, numbered from 0, of whatever make. Safe for many
 * threads, each server's life for one.
 */
interface Cluster extends AutoCloseable {
    int SIZE = 3;

    /** Writes a name through whichever server is there; acknowledged when this returns. */
    void write(String name, int bytes) throws IOException, InterruptedException;

    /** What a server has of the names, after it has caught up with the others. */
    Set<String> names(int server) throws IOException, InterruptedException;

    /** Who leads; −1 if nobody says so. */
    int leader() throws IOException, InterruptedException;

    long pid(int server);

    void kill(int server) throws InterruptedException;

    /** Starts one again that is gone, and does not wait. */
    void launch(int server) throws IOException;

    Path dataDir(int server);

    /** Files that hold what has been written and not been put into a snapshot, oldest first. */
    List<Path> logs(int server) throws IOException;

    /** Everything that it has said. */
    String output(int server) throws IOException;

    @Override
    void close();
}
