package org.quorate.bench.helix;

import org.apache.helix.HelixConstants.ChangeType;
import org.apache.helix.HelixRebalanceException;
import org.apache.helix.controller.dataproviders.ResourceControllerDataProvider;
import org.apache.helix.controller.rebalancer.waged.WagedRebalancer;
import org.apache.helix.controller.rebalancer.waged.constraints.ConstraintBasedAlgorithmFactory;
import org.apache.helix.controller.rebalancer.waged.model.ClusterModel;
import org.apache.helix.controller.rebalancer.waged.model.ClusterModelProvider;
import org.apache.helix.model.BuiltInStateModelDefinitions;
import org.apache.helix.model.ClusterConfig;
import org.apache.helix.model.IdealState;
import org.apache.helix.model.InstanceConfig;
import org.apache.helix.model.LiveInstance;
import org.apache.helix.model.Partition;
import org.apache.helix.model.Resource;
import org.apache.helix.model.ResourceAssignment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Helix' WAGED planner without its controller: its algorithm on the model that its rebalancer makes
 * of the whole (the "global baseline") when nodes have come or gone. It asks no server that way.
 * Stateless.
 */
final class Waged {
    private static final String TABLE = "t";
    private static final String WEIGHT = "shards";
    private static final BuiltInStateModelDefinitions STATES =
            BuiltInStateModelDefinitions.MasterSlave;

    private Waged() {}

    /** Where each shard's replicas are, the leader first. */
    static int[][] place(int shards, int replicas, List<Integer> live, int[][] now) {
        ClusterConfig cluster = new ClusterConfig("c");
        cluster.setTopology("/zone/instance");
        cluster.setFaultZoneType("zone");
        cluster.setTopologyAwareEnabled(true);
        cluster.setInstanceCapacityKeys(List.of(WEIGHT));
        cluster.setDefaultInstanceCapacityMap(Map.of(WEIGHT, shards));
        cluster.setDefaultPartitionWeightMap(Map.of(WEIGHT, 1));
        Map<String, InstanceConfig> configs = new LinkedHashMap<>();
        List<LiveInstance> instances = new ArrayList<>();
        for (int n : live) {
            InstanceConfig config = new InstanceConfig("n" + n);
            config.setDomain("zone=z" + n % 3 + ",instance=n" + n);
            config.setInstanceEnabled(true);
            configs.put("n" + n, config);
            LiveInstance instance = new LiveInstance("n" + n);
            instance.setSessionId("s" + n);
            instances.add(instance);
        }
        IdealState ideal = new IdealState(TABLE);
        ideal.setRebalanceMode(IdealState.RebalanceMode.FULL_AUTO);
        ideal.setRebalancerClassName(WagedRebalancer.class.getName());
        ideal.setStateModelDefRef(STATES.name());
        ideal.setNumPartitions(shards);
        ideal.setReplicas(Integer.toString(replicas));
        Resource resource = new Resource(TABLE);
        resource.setStateModelDefRef(STATES.name());
        ResourceAssignment before = new ResourceAssignment(TABLE);
        for (int s = 0; s < shards; s++) {
            String name = TABLE + "_" + s;
            ideal.setPreferenceList(name, List.of());
            resource.addPartition(name);
            if (now != null) {
                Map<String, String> states = new LinkedHashMap<>();
                for (int n : now[s]) {
                    states.put("n" + n, states.isEmpty() ? "MASTER" : "SLAVE");
                }
                before.addReplicaMap(new Partition(name), states);
            }
        }
        ResourceControllerDataProvider data = new ResourceControllerDataProvider("c");
        data.setClusterConfig(cluster);
        data.setInstanceConfigMap(configs);
        data.setLiveInstances(instances);
        data.setStateModelDefMap(Map.of(STATES.name(), STATES.getStateModelDefinition()));
        data.setIdealStates(List.of(ideal));
        Map<String, Resource> resources = Map.of(TABLE, resource);
        Map<String, ResourceAssignment> placed = now == null ? Map.of() : Map.of(TABLE, before);
        ClusterModel model =
                ClusterModelProvider.generateClusterModelForBaseline(
                        data,
                        resources,
                        configs.keySet(),
                        Map.of(ChangeType.INSTANCE_CONFIG, configs.keySet()),
                        placed);
        try {
            ResourceAssignment then =
                    ConstraintBasedAlgorithmFactory.getInstance(
                                    cluster.getGlobalRebalancePreference())
                            .calculate(model)
                            .getOptimalResourceAssignment()
                            .get(TABLE);
            int[][] result = new int[shards][];
            for (int s = 0; s < shards; s++) {
                Map<String, String> states = then.getReplicaMap(new Partition(TABLE + "_" + s));
                result[s] =
                        states.entrySet().stream()
                                .sorted(Map.Entry.comparingByValue()) // MASTER before SLAVE
                                .mapToInt(entry -> Integer.parseInt(entry.getKey().substring(1)))
                                .toArray();
            }
            return result;
        } catch (HelixRebalanceException e) {
            throw new IllegalStateException(e);
        }
    }
}
