package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

    /** By number; replaced as a whole, under this. */
    private volatile @Nullable Known[] refs = new @Nullable Known[0];

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

    /**
     * The node with that number, in the incarnation that {@code image} knows; without an address if
     * it is not there.
     */
    public NodeRef ref(MapImage image, int node)
            throws CoordinationException, InterruptedException {
        long incarnation = image.incarnation(node);
        if (incarnation == 0) {
            return new NodeRef(name(node), "", "");
        }
        Known known = known(node);
        if (known == null || known.incarnation() != incarnation) {
            learn(image, List.of(node));
            known = known(node);
        }
        return known == null ? NodeRef.NONE : known.ref();
    }

    /** Reads what is not known yet of those of {@code nodes} that are there, in one round. */
    public void learn(MapImage image, List<Integer> nodes)
            throws CoordinationException, InterruptedException {
        List<Integer> wanted = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int node : nodes) {
            Known known = known(node);
            long incarnation = image.incarnation(node);
            if (incarnation != 0 && (known == null || known.incarnation() != incarnation)) {
                wanted.add(node);
                ids.add(name(node));
            }
        }
        if (!wanted.isEmpty()) {
            keep(image, wanted, ids, Members.profiles(coordinator, paths.root(), ids));
        }
    }

    private @Nullable Known known(int node) {
        @Nullable Known[] now = refs;
        return node < now.length ? now[node] : null;
    }

    private synchronized void keep(
            MapImage image,
            List<Integer> wanted,
            List<String> ids,
            List<Optional<Profile>> profiles) {
        int most = refs.length;
        for (int node : wanted) {
            most = Math.max(most, node + 1);
        }
        @Nullable Known[] next = Arrays.copyOf(refs, most);
        for (int i = 0; i < wanted.size(); i++) {
            int node = wanted.get(i);
            // If nothing is there, that incarnation is over already and will not come again.
            Profile profile = profiles.get(i).orElse(Profile.at(""));
            NodeRef ref = new NodeRef(ids.get(i), profile.address(), profile.zone());
            next[node] = new Known(image.incarnation(node), ref);
        }
        refs = next;
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
