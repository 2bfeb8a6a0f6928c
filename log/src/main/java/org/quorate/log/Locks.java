package org.quorate.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** The directories that this process has taken. Owned by one thread. */
final class Locks implements AutoCloseable {
    private final Deque<AutoCloseable> held = new ArrayDeque<>();

    void add(AutoCloseable lock) {
        held.push(lock);
    }

    /** Gives all of them back, also if one fails. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (Exception e) {
                failure = new IOException("a lock could not be given back", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
