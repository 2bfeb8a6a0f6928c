package org.quorate.cluster.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;

/** Reads what lies folded: a table's base, and the dictionary of nodes. */
public final class MapReader {
    private MapReader() {}

    /**
     * A table's map as of its last folding. Buckets that are being folded right now may be newer
     * than the head says; applying the log to them again changes nothing.
     *
     * @throws MalformedMapException if something is missing or cannot be read
     */
    public static MapImage base(Znodes znodes, MapPaths paths, String table)
            throws CoordinationException, InterruptedException, MalformedMapException {
        Optional<Znode> head = znodes.read(paths.map(table));
        if (head.isEmpty()) {
            throw new MalformedMapException("there is no " + paths.map(table));
        }
        Base.Head read = Base.decodeHead(head.get().path(), head.get().data());
        MapImage image = MapImage.empty(read.keys());
        if (read.folded() == 0) {
            return image;
        }
        List<String> wanted = new ArrayList<>();
        for (int b = 0; b < MapImage.buckets(read.keys().shards()); b++) {
            wanted.add(paths.base(table, b));
        }
        List<Optional<Znode>> buckets = znodes.readAll(wanted);
        for (int b = 0; b < buckets.size(); b++) {
            if (buckets.get(b).isEmpty()) {
                throw new MalformedMapException(wanted.get(b) + " is missing");
            }
            image = Base.decodeBucket(wanted.get(b), buckets.get(b).get().data(), b, image);
        }
        return image.at(read.folded(), read.incarnations());
    }

    /** All names of nodes. */
    public static NodeDictionary dictionary(Znodes znodes, MapPaths paths)
            throws CoordinationException, InterruptedException, MalformedMapException {
        NodeDictionary dictionary = NodeDictionary.EMPTY;
        for (int part = 0; ; part++) {
            Optional<Znode> znode = znodes.read(paths.dictionary(part));
            if (znode.isEmpty()) {
                return dictionary;
            }
            dictionary = dictionary.plusPart(znode.get().path(), znode.get().data());
            if (dictionary.size() < (part + 1) * NodeDictionary.PART_SIZE) {
                return dictionary;
            }
        }
    }
}
