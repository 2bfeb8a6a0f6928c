package org.quorate.cluster.shard;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;

/**
 * All maps and all members as they were when somebody looked. Immutable.
 *
 * @param members those that are there, by name
 * @param nodes names by number, of all that ever were there
 * @param tables what is wanted, by name
 * @param maps where shards are, by table; a table whose map cannot be read is missing
 */
public record Survey(
        SortedMap<String, Member> members,
        NodeDictionary nodes,
        SortedMap<String, Table> tables,
        SortedMap<String, MapImage> maps) {
    /** Copies the maps. */
    public Survey {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
        maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
    }
}
