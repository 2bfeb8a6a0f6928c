package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.plan.Standing;

/**
 * What a plan answers. As long as the question is the same, so is the answer: steps that carry a
 * plan out do not change what is wanted. Immutable.
 */
record Question(
        List<Table> tables,
        List<Node> nodes,
        List<Standing> standings,
        Set<Broken> broken,
        Loads loads,
        Map<String, Wishes> wishes) {
    /** What a plan asks of a node. */
    record Node(
            NodeDictionary.Entry entry,
            boolean there,
            Map<String, Long> capacity,
            Map<String, String> labels) {}

    /** A replica that a node cannot have. */
    record Broken(String table, int shard, int node) {}

    static Question of(
            List<Table> tables,
            NodeDictionary dictionary,
            SortedMap<String, Member> members,
            Standing[] standings,
            List<NodeFacts.Failure> failures,
            Loads loads,
            Map<String, Wishes> wishes) {
        List<Node> nodes = new ArrayList<>();
        for (int n = 0; n < dictionary.size(); n++) {
            NodeDictionary.Entry entry = dictionary.entry(n);
            Member member = members.get(entry.name());
            nodes.add(
                    member == null
                            ? new Node(entry, false, Map.of(), Map.of())
                            : new Node(
                                    entry,
                                    true,
                                    member.profile().capacity(),
                                    member.profile().labels()));
        }
        Set<Broken> broken = new HashSet<>();
        failures.forEach(f -> broken.add(new Broken(f.table(), f.shard(), f.node())));
        return new Question(
                List.copyOf(tables),
                nodes,
                List.copyOf(Arrays.asList(standings)),
                broken,
                loads,
                Map.copyOf(wishes));
    }
}
