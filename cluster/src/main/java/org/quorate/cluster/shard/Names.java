package org.quorate.cluster.shard;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.MapReader;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Members;
import org.quorate.cluster.member.Profile;

/**
 * Turns the map's numbers into nodes. Names are read once, addresses once per incarnation and only
 * of nodes that somebody asks for. Safe for many threads; may block.
 */
public final class Names {
    private record Known(long incarnation, NodeRef ref) {}

    private final Coordinator coordinator;
    private final MapPaths paths;
    private final Map<Integer, Known> refs = new ConcurrentHashMap<>();
    private volatile NodeDictionary dictionary = NodeDictionary.EMPTY;

    /** Names of the cluster at {@code paths}. */
    public Names(Coordinator coordinator, MapPaths paths) {
        this.coordinator = coordinator;
        this.paths = paths;
    }

    /** The number of {@code id}, read anew if it is not known; −1 if it has none. */
    public int indexOf(String id) throws CoordinationException, InterruptedException {
        Optional<Integer> known = dictionary.indexOf(id);
        if (known.isEmpty()) {
            refresh();
            known = dictionary.indexOf(id);
        }
        return known.orElse(-1);
    }

    /** The node with that number, in the incarnation that {@code image} knows. */
    public NodeRef ref(MapImage image, int node)
            throws CoordinationException, InterruptedException {
        long incarnation = image.incarnation(node);
        Known known = refs.get(node);
        if (known != null && known.incarnation() == incarnation) {
            return known.ref();
        }
        String id = name(node);
        Optional<Profile> profile = Members.profile(coordinator, paths.root(), id);
        NodeRef ref =
                new NodeRef(
                        id,
                        profile.map(Profile::address).orElse(""),
                        profile.map(Profile::zone).orElse(""));
        if (profile.isPresent()) {
            refs.put(node, new Known(incarnation, ref));
        }
        return ref;
    }

    /** The name with that number. */
    public String name(int node) throws CoordinationException, InterruptedException {
        if (node >= dictionary.size()) {
            refresh();
        }
        return dictionary.name(node);
    }

    private void refresh() throws CoordinationException, InterruptedException {
        try {
            dictionary = MapReader.dictionary(coordinator.znodes(), paths);
        } catch (MalformedMapException unreadable) {
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN,
                    String.valueOf(unreadable.getMessage()),
                    unreadable);
        }
    }
}
