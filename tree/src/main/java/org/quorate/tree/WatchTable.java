package org.quorate.tree;

import org.quorate.protocol.jute.Slice;

/**
 * Who wants to hear of what (client protocol §12). Watchers are connections, by small dense ints
 * that the replica draws and gives back. Owned by the core thread; knows nothing of access rights:
 * the visitor decides whom to tell.
 */
public final class WatchTable {
    /** Modes in which a watch is set. */
    public enum Mode {
        DATA,
        CHILD,
        PERSISTENT,
        PERSISTENT_RECURSIVE
    }

    /** Hears who is to be told; called in an order that depends on nothing but the calls before. */
    public interface Visitor {
        /**
         * At most once for each watcher, event and step.
         *
         * @param eventType 1 created, 2 deleted, 3 data changed, 4 children changed
         * @param path of the event
         */
        void fire(int watcher, int eventType, Slice path);
    }

    /** Hears what is watched, for people. */
    public interface Lister {
        /** Valid during the call. */
        void watch(int watcher, Slice path, Mode mode);
    }

    /** Lists all watches, in an order that depends on nothing but the past. */
    public void forEach(Lister lister) {
        throw new IllegalStateException("not built yet: " + lister);
    }

    public void add(int watcher, Slice path, Mode mode) {
        throw new IllegalStateException("not built yet");
    }

    /**
     * @param watcherType as checkWatches sends it: 1 child, 2 data, 3 any, 4 persistent, 5
     *     persistent recursive
     */
    public boolean has(int watcher, Slice path, int watcherType) {
        throw new IllegalStateException("not built yet");
    }

    /** As {@link #has}; true if something was removed. */
    public boolean remove(int watcher, Slice path, int watcherType) {
        throw new IllegalStateException("not built yet");
    }

    public void removeAll(int watcher) {
        throw new IllegalStateException("not built yet");
    }

    /** Fires for the node's data and recursive watchers: NodeCreated. One-shots are used up. */
    public void created(Slice path, Visitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    /** Fires NodeDeleted for data, recursive and child watchers of the node, each watcher once. */
    public void deleted(Slice path, Visitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    public void dataChanged(Slice path, Visitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    /** Fires NodeChildrenChanged for the child watchers of {@code parent}. */
    public void childrenChanged(Slice parent, Visitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    /** All watches that are set. */
    public long watchCount() {
        throw new IllegalStateException("not built yet");
    }
}
