package org.quorate.bench.helix;

import org.apache.helix.ConfigAccessor;
import org.apache.helix.HelixManager;
import org.apache.helix.HelixManagerFactory;
import org.apache.helix.InstanceType;
import org.apache.helix.NotificationContext;
import org.apache.helix.controller.HelixControllerMain;
import org.apache.helix.controller.rebalancer.strategy.CrushEdRebalanceStrategy;
import org.apache.helix.model.ClusterConfig;
import org.apache.helix.model.InstanceConfig;
import org.apache.helix.model.Message;
import org.apache.helix.participant.statemachine.StateModel;
import org.apache.helix.participant.statemachine.StateModelFactory;
import org.apache.helix.participant.statemachine.StateModelInfo;
import org.apache.helix.participant.statemachine.Transition;
import org.apache.helix.tools.ClusterSetup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Apache Helix: a participant for each name, and one controller; FULL_AUTO with CRUSHED. */
final class HelixSide extends Side {
    private static final String CLUSTER = "helix";
    private static final String MODEL = "MasterSlave";
    private static final int REPLICAS = 3;

    private final ClusterSetup setup;
    private final HelixManager controller;
    private final Map<String, HelixManager> participants = new HashMap<>();

    HelixSide(String connect, List<String> names) throws Exception {
        setup = new ClusterSetup(connect);
        setup.addCluster(CLUSTER, true);
        ConfigAccessor configs = new ConfigAccessor(connect);
        ClusterConfig cluster = configs.getClusterConfig(CLUSTER);
        cluster.setTopology("/zone/instance");
        cluster.setFaultZoneType("zone");
        cluster.setTopologyAwareEnabled(true);
        configs.setClusterConfig(CLUSTER, cluster);
        for (String name : names) {
            setup.addInstanceToCluster(CLUSTER, instance(name));
            InstanceConfig config = configs.getInstanceConfig(CLUSTER, instance(name));
            config.setDomain(
                    "zone=z" + names.indexOf(name) % REPLICAS + ",instance=" + instance(name));
            configs.setInstanceConfig(CLUSTER, instance(name), config);
        }
        controller =
                HelixControllerMain.startHelixController(
                        connect, CLUSTER, "controller", HelixControllerMain.STANDALONE);
        for (String name : names) {
            HelixManager participant =
                    HelixManagerFactory.getZKHelixManager(
                            CLUSTER, instance(name), InstanceType.PARTICIPANT, connect);
            participant.getStateMachineEngine().registerStateModelFactory(MODEL, new Factory(name));
            participant.connect();
            participants.put(name, participant);
        }
    }

    private static String instance(String name) {
        return name + "_1";
    }

    private final class Factory extends StateModelFactory<Replica> {
        private final String node;

        Factory(String node) {
            this.node = node;
        }

        @Override
        public Replica createNewStateModel(String resource, String partition) {
            return new Replica(HelixSide.this, node, partition);
        }
    }

    /** Public, for Helix calls it by reflection. */
    @StateModelInfo(initialState = "OFFLINE", states = "{'OFFLINE','SLAVE','MASTER'}")
    public static final class Replica extends StateModel {
        private final Side side;
        private final String node;
        private final String shard;

        Replica(Side side, String node, String shard) {
            this.side = side;
            this.node = node;
            this.shard = shard;
        }

        /** A replica is made. */
        @Transition(from = "OFFLINE", to = "SLAVE")
        public void open(Message message, NotificationContext context) {
            side.opened(node, shard);
        }

        /** It leads. */
        @Transition(from = "SLAVE", to = "MASTER")
        public void promote(Message message, NotificationContext context) {
            side.led(node, shard);
        }

        /** It stops leading. */
        @Transition(from = "MASTER", to = "SLAVE")
        public void demote(Message message, NotificationContext context) {}

        /** It is closed. */
        @Transition(from = "SLAVE", to = "OFFLINE")
        public void close(Message message, NotificationContext context) {
            side.closed(node, shard);
        }

        /** Its data goes. */
        @Transition(from = "OFFLINE", to = "DROPPED")
        public void drop(Message message, NotificationContext context) {}
    }

    @Override
    String name() {
        return "Helix";
    }

    @Override
    String root() {
        return "/" + CLUSTER;
    }

    @Override
    String living(String node) {
        return "/" + CLUSTER + "/LIVEINSTANCES/" + instance(node);
    }

    @Override
    void place(int shards) {
        setup.addResourceToCluster(
                CLUSTER, "t", shards, MODEL, "FULL_AUTO", CrushEdRebalanceStrategy.class.getName());
        setup.rebalanceStorageCluster(CLUSTER, "t", REPLICAS);
    }

    @Override
    void lose(String node) {
        participants.remove(node).disconnect();
    }

    @Override
    public void close() {
        new ArrayList<>(participants.values()).forEach(HelixManager::disconnect);
        controller.disconnect();
        setup.close();
    }
}
