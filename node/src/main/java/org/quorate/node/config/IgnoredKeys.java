package org.quorate.node.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * Keys of ZooKeeper 3.9 that are accepted and have no effect, because they tune machinery that
 * Quorate does not have. By the name as it stands in {@code zoo.cfg}; as a system property with
 * ZooKeeper's prefix. Immutable.
 */
final class IgnoredKeys {
    private static final Map<String, String> WHY = new TreeMap<>();

    static {
        ignore(
                "the request pipeline's threads and queues",
                "nio.numSelectorThreads",
                "nio.numWorkerThreads",
                "nio.shutdownTimeout",
                "nio.directBufferBytes",
                "netty.server.earlyDropSecureConnectionHandshakes",
                "netty.advancedFlowControl.enabled",
                "commitProcessor.numWorkerThreads",
                "commitProcessor.maxReadBatchSize",
                "commitProcessor.maxCommitBatchSize",
                "commitProcessor.shutdownTimeout",
                "serverCnxnFactory",
                "flushDelay",
                "maxWriteQueuePollTime",
                "maxBatchSize",
                "request_throttler.shutdownTimeout",
                "maxResponseCacheSize",
                "maxGetChildrenResponseCacheSize",
                "watchManagerName",
                "watcherCleanThreadsNum",
                "watcherCleanThreshold",
                "watcherCleanIntervalInSeconds",
                "maxInProcessingDeadWatchers",
                "bitHashCacheSize",
                "pathStats.delay",
                "pathStats.enabled",
                "pathStats.initialDelay",
                "pathStats.maxDepth",
                "pathStats.sampleRate",
                "pathStats.slotCapacity",
                "pathStats.slotDuration",
                "pathStats.topPathMax",
                "intBufferStartingSizeBytes",
                "enableEagerACLCheck",
                "jvm.pause.monitor",
                "jvm.pause.warn-threshold.ms",
                "jvm.pause.info-threshold.ms",
                "jvm.pause.sleep.time.ms");
        ignore(
                "throttles of ZooKeeper's pipeline; back-pressure is by globalOutstandingLimit",
                "requestThrottleLimit",
                "request_throttle_max_requests",
                "requestThrottleStallTime",
                "request_throttle_stall_time",
                "requestThrottleDropStale",
                "request_throttle_drop_stale",
                "requestStaleLatencyCheck",
                "request_stale_latency_check",
                "requestStaleConnectionCheck",
                "request_stale_connection_check",
                "throttledOpWaitTime",
                "throttled_op_wait_time",
                "connectionMaxTokens",
                "connection_throttle_tokens",
                "connectionTokenFillTime",
                "connection_throttle_fill_time",
                "connectionTokenFillCount",
                "connection_throttle_fill_count",
                "connectionFreezeTime",
                "connection_throttle_freeze_time",
                "connectionDropIncrease",
                "connection_throttle_drop_increase",
                "connectionDropDecrease",
                "connection_throttle_drop_decrease",
                "connectionDecreaseRatio",
                "connection_throttle_decrease_ratio",
                "connection_throttle_weight_enabled",
                "connection_throttle_global_session_weight",
                "connection_throttle_local_session_weight",
                "connection_throttle_renew_session_weight");
        ignore(
                "the log's and snapshots' making; Quorate writes what 3.9 writes by default",
                "txnLogSizeLimitInKb",
                "serializeLastProcessedZxid.enabled",
                "closeSessionTxn.enabled",
                "fastleader.minNotificationInterval");
        ignore(
                "ZooKeeper's own election and replication",
                "cnxTimeout",
                "fastleader.minNotificationInterval",
                "quorumCnxnTimeoutMs",
                "electionPortBindRetry",
                "fastleader.maxNotificationInterval",
                "leader.maxTimeToWaitForEpoch",
                "leader.ackLoggingFrequency",
                "leader.closeSocketAsync",
                "learner.asyncSending",
                "learner.closeSocketAsync",
                "observer.reconnectDelayMs",
                "observer.election.DelayMs",
                "observerMaster.sizeLimit",
                "leaderConnectDelayDuringRetryMs",
                "forceSnapshotSync",
                "snapshotSizeFactor",
                "forward_learner_requests_to_commit_processor_disabled",
                "follower.skipLearnerRequestToNextProcessor",
                "multiAddress.reachabilityCheckEnabled",
                "multiAddress.reachabilityCheckTimeoutMs",
                "messageTracker.BufferSize",
                "messageTracker.Enabled");
        ignore(
                "authentication that nothing here uses",
                "ensembleAuthName",
                "IPAuthenticationProvider.usexforwardedfor",
                "IPAuthenticationProvider.skipxforwardedfor",
                "requireKerberosConfig",
                "audit.impl.class");
        ignore(
                "details of ZooKeeper's HTTP and metrics servers",
                "admin.httpVersion",
                "metricsProvider.numWorkerThreads",
                "metricsProvider.maxQueueSize",
                "metricsProvider.workerShutdownTimeoutMs");
        ignore(
                "what ZooKeeper's scripts and client library read",
                "log.dir",
                "log.file",
                "log.threshold",
                "root.logger",
                "console.threshold",
                "jmx.log4j.disable",
                "clientCnxnSocket",
                "client.secure",
                "disableAutoWatchReset",
                "request.timeout",
                "sasl.client",
                "sasl.clientconfig",
                "sasl.client.username",
                "server.principal",
                "server.realm",
                "kinit",
                "sasl.client.canonicalize.hostname",
                "configuration",
                "controllerPort",
                "jmx.log4j.mbean",
                "version");
    }

    private IgnoredKeys() {}

    private static void ignore(String why, String... keys) {
        for (String key : keys) {
            WHY.put(key, why);
        }
    }

    /** Keys in order, each with what it would tune. */
    static Map<String, String> all() {
        return java.util.Collections.unmodifiableMap(WHY);
    }

    static boolean contains(String key) {
        return WHY.containsKey(key);
    }
}
