package org.quorate.cli.cluster;

import java.util.Map;
import java.util.TreeMap;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.shard.Survey;

/** What one node has, over all tables. */
final class Holding {
    private int replicas;
    private int leaders;
    private int copying;
    private int leaving;

    private Holding() {}

    /** Of every node that is there or holds something, by name. */
    static Map<String, Holding> all(Survey survey) {
        Map<String, Holding> holdings = new TreeMap<>();
        survey.members().keySet().forEach(id -> holdings.put(id, new Holding()));
        for (MapImage image : survey.maps().values()) {
            for (int s = 0; s < image.shards(); s++) {
                Assignment shard = image.get(s);
                for (int i = 0; i < shard.count(); i++) {
                    String name = survey.nodes().name(shard.node(i));
                    Holding holding = holdings.computeIfAbsent(name, n -> new Holding());
                    holding.replicas++;
                    holding.leaders += shard.role(i) == Role.LEADER ? 1 : 0;
                    holding.copying += shard.role(i) == Role.LEARNER ? 1 : 0;
                    holding.leaving += shard.leaving(i) ? 1 : 0;
                }
            }
        }
        return holdings;
    }

    int replicas() {
        return replicas;
    }

    int leaders() {
        return leaders;
    }

    int copying() {
        return copying;
    }

    int leaving() {
        return leaving;
    }
}
