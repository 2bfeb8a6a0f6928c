package org.quorate.node.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that one server counts and measures. The public fields are those that mean something here;
 * who owns the place where a thing happens adds to its field. Times are in ms, sizes in bytes. Any
 * thread.
 */
public final class ServerMetrics {
    private final Map<String, Metric> byName = new LinkedHashMap<>();
    private final Map<String, String> meanings = new LinkedHashMap<>();

    // ---- connections

    public final Counter connectionRequests =
            counter("connection_request_count", "handshakes that asked for a session");
    public final Counter connectionsRejected =
            counter("connection_rejected", "connections past maxClientCnxns or maxCnxns");
    public final Counter handshakesFailed =
            counter("unsuccessful_handshake", "TLS handshakes of clients that came to nothing");
    public final Counter handshakesExceeded =
            counter(
                    "tls_handshake_exceeded",
                    "connections closed because too many TLS handshakes were under way");
    public final Counter connectionsDropped =
            counter(
                    "connection_drop_count",
                    "clients that went away without closing their session");
    public final Counter sessionlessExpired =
            counter(
                    "sessionless_connections_expired",
                    "connections closed because no handshake came in time");
    public final Counter sessionsRevalidated =
            counter("connection_revalidate_count", "handshakes that resumed a session");
    public final Counter bytesReceived =
            counter("bytes_received_count", "bytes of requests received");
    public final Counter responseBytes = counter("response_bytes", "bytes of replies sent");
    public final Counter watchBytes = counter("watch_bytes", "bytes of watch events sent");
    public final Counter largeRequestsRejected =
            counter("large_requests_rejected", "large requests past largeRequestMaxBytes");

    public final Counter throttledOps =
            counter("throttled_ops", "requests refused as past a limit, with ThrottledOp");
    public final Counter pastLimits =
            counter(
                    "past_limits",
                    "sessions, connections and setWatches refused as past a limit.… of a user or"
                            + " an address; their connection was closed");

    // ---- sessions

    public final Counter sessionsExpired =
            counter("stale_sessions_expired", "sessions that expired");
    public final CounterFamily sessionsExpiredByCause =
            counters(
                    "stale_sessions_expired_by_cause",
                    "the same by cause (insight.md); Quorate's own");

    public final Counter expiriesHeldBack =
            counter(
                    "session_expiry_held_back",
                    "times that this server stood still, and sessions got that time back;"
                            + " Quorate's own");

    // ---- requests

    public final Counter requestsQueued =
            counter("prep_processor_request_queued", "requests handed to the core");
    public final Summary coreQueueSize =
            basic(
                    "prep_processor_queue_size",
                    "requests of one round over an event loop's sockets");
    public final Summary coreQueueTime =
            advanced(
                    "prep_processor_queue_time_ms",
                    "from a request's receipt until the core takes it");
    public final Summary prepareTime =
            basic("prep_process_time", "taking in a request, all of a round alike");
    public final Summary readLatency =
            advanced("readlatency", "a read, from its receipt to its reply");
    public final Summary updateLatency =
            advanced("updatelatency", "a write, from its receipt to its reply");
    public final CounterFamily quotaExceeded = counters("quota_exceeded_error_per_namespace", "");
    public final SummaryFamily readsByNamespace =
            summaries(
                    "read_per_namespace",
                    Summary.Detail.BASIC,
                    "bytes of a read, by the first component of its path: path, data or children's"
                            + " names, and 68");
    public final SummaryFamily writesByNamespace =
            summaries(
                    "write_per_namespace",
                    Summary.Detail.BASIC,
                    "bytes of a change that was applied, likewise: path and data");

    // ---- watches

    public final Summary createdWatches =
            basic("node_created_watch_count", "events fired by a znode's creation");
    public final Summary deletedWatches =
            basic("node_deleted_watch_count", "events fired by a znode's deletion");
    public final Summary changedWatches =
            basic("node_changed_watch_count", "events fired by a change of data");
    public final Summary childrenWatches =
            basic("node_children_watch_count", "events fired by a change of children");

    // ---- log and snapshots

    public final Summary fsyncTime = basic("fsynctime", "one sync of the log");
    public final Summary syncBatchSize =
            basic("sync_processor_batch_size", "transactions made last by one sync");
    public final Summary syncQueueSize =
            basic("sync_processor_queue_size", "transactions of one turn of the log");
    public final Counter syncQueued =
            counter("sync_processor_request_queued", "transactions written to the log");
    public final Summary syncFlushTime =
            advanced("sync_processor_queue_flush_time_ms", "writing and syncing a batch");
    public final Summary snapshotTime = basic("snapshottime", "writing a snapshot");
    public final Counter snapshotErrors =
            counter("snapshot_error_count", "snapshots over HTTP that failed");
    public final Counter snapshotsRateLimited =
            counter("snapshot_rate_limited_count", "snapshots over HTTP refused as too frequent");
    public final Summary restoreTime = basic("restore_time", "restoring a snapshot over HTTP");
    public final Counter restoreErrors =
            counter("restore_error_count", "restores over HTTP that failed");
    public final Counter restoresRateLimited =
            counter("restore_rate_limited_count", "restores over HTTP refused as too frequent");
    public final Counter digestMismatches =
            counter("digest_mismatches_count", "transactions whose digest was not ours");
    public final Counter unrecoverableErrors =
            counter("unrecoverable_error_count", "errors after which the server stopped");

    // ---- start

    public final Summary databaseInitTime =
            basic("dbinittime", "loading snapshot and log at the start");
    public final Summary snapshotLoadTime =
            basic("startup_snap_load_time", "loading the snapshot at the start");
    public final Summary txnsLoaded =
            basic("startup_txns_loaded", "transactions replayed at the start");
    public final Summary txnsLoadTime =
            basic("startup_txns_load_time", "replaying the log at the start");

    // ---- ensemble

    public final Counter looking = counter("looking_count", "elections begun");
    public final Summary electionTime = basic("election_time", "an election");
    public final Summary unavailableTime =
            basic("unavailable_time", "from losing the leader to serving again");
    public final Summary leaderUnavailableTime =
            basic("leader_unavailable_time", "from beginning to lead to serving");
    public final Counter proposals = counter("proposal_count", "transactions proposed as leader");
    public final Counter commits = counter("commit_count", "transactions committed as leader");
    public final Counter proposalsReceived =
            counter("learner_proposal_received_count", "proposals received from the leader");
    public final Counter commitsReceived =
            counter("learner_commit_received_count", "commits received from the leader");
    public final Summary proposalLatency =
            advanced("proposal_latency", "from a proposal's making to a follower's receipt");
    public final SummaryFamily learnerQueues =
            summaries(
                    "learner_handler_qp_size",
                    Summary.Detail.BASIC,
                    "proposals made and not acknowledged by a learner, by its server; looked at every"
                            + " ten seconds");
    public final SummaryFamily learnerWaits =
            summaries(
                    "learner_handler_qp_time_ms",
                    Summary.Detail.ADVANCED,
                    "until a learner's socket takes what it is sent, by its server; looked at every"
                            + " ten seconds");
    public final Summary quorumAckLatency =
            advanced("quorum_ack_latency", "from a proposal to a quorum of acknowledgements");
    public final SummaryFamily ackLatency = summaries("ack_latency", Summary.Detail.ADVANCED, "");
    public final Summary propagationLatency =
            advanced("propagation_latency", "from a transaction's making to its application");
    public final Summary commitPropagationLatency =
            advanced(
                    "commit_propagation_latency",
                    "from a transaction's making to its commit at a learner");
    public final Summary followerSyncTime =
            basic("follower_sync_time", "synchronising as a follower");
    public final Summary observerSyncTime =
            basic("observer_sync_time", "synchronising as an observer");
    public final Counter diffSyncs = counter("diff_count", "learners synchronised by DIFF");
    public final Counter snapSyncs = counter("snap_count", "learners synchronised by SNAP");

    {
        for (String name : ALWAYS_ZERO_COUNTERS) {
            counter(name, "");
        }
        for (String name : ALWAYS_ZERO_BASIC) {
            basic(name, "");
        }
        for (String name : ALWAYS_ZERO_ADVANCED) {
            advanced(name, "");
        }
    }

    /** Counters of stages, caches and throttles that this server does not have. */
    private static final List<String> ALWAYS_ZERO_COUNTERS =
            List.of(
                    "cnxn_closed_without_zk_server_running",
                    "outstanding_changes_queued",
                    "outstanding_changes_removed",
                    "revalidate_count",
                    "stale_requests_dropped",
                    "insecure_admin_count",
                    "dead_watchers_queued",
                    "stale_requests",
                    "response_packet_cache_hits",
                    "add_dead_watcher_stall_time",
                    "request_throttle_wait_count",
                    "requests_not_forwarded_to_commit_processor",
                    "response_packet_cache_misses",
                    "stale_replies",
                    "ensemble_auth_fail",
                    "quit_leading_due_to_disloyal_voter",
                    "request_commit_queued",
                    "ensemble_auth_skip",
                    "skip_learner_request_to_next_processor_count",
                    "dead_watchers_cleared",
                    "ensemble_auth_success",
                    "response_packet_get_children_cache_misses",
                    "response_packet_get_children_cache_hits");

    private static final List<String> ALWAYS_ZERO_BASIC =
            List.of(
                    "sync_process_time",
                    "inflight_diff_count",
                    "inflight_snap_count",
                    "socket_closing_time",
                    "proposal_process_time",
                    "session_queues_drained",
                    "write_commit_proc_req_queued",
                    "connection_token_deficit",
                    "read_commit_proc_req_queued",
                    "reads_issued_from_session_queue",
                    "learner_request_processor_queue_size",
                    "reads_after_write_in_session_queue",
                    "requests_in_session_queue",
                    "write_commit_proc_issued",
                    "pending_session_queue_size",
                    "time_waiting_empty_pool_in_commit_processor_read_ms",
                    "commit_process_time",
                    "netty_queued_buffer_capacity",
                    "commit_commit_proc_req_queued",
                    "write_batch_time_in_commit_processor",
                    "read_commit_proc_issued",
                    "concurrent_request_processing_in_commit_processor");

    private static final List<String> ALWAYS_ZERO_ADVANCED =
            List.of(
                    "close_session_prep_time",
                    "read_final_proc_time_ms",
                    "write_final_proc_time_ms",
                    "sync_processor_queue_time_ms",
                    "sync_processor_queue_and_flush_time_ms",
                    "jvm_pause_time_ms",
                    "read_commitproc_time_ms",
                    "write_commitproc_time_ms",
                    "local_write_committed_time_ms",
                    "server_write_committed_time_ms",
                    "request_throttle_queue_time_ms",
                    "om_commit_process_time_ms",
                    "om_proposal_process_time_ms",
                    "dead_watchers_cleaner_latency",
                    "proposal_ack_creation_latency");

    /** All metrics, in the order of the fields. */
    public List<Metric> all() {
        return List.copyOf(byName.values());
    }

    /** What a metric tells, in a few words; empty for those that stay 0. By name. */
    public Map<String, String> meanings() {
        return Collections.unmodifiableMap(meanings);
    }

    /** Everything back to nothing. */
    public void reset() {
        new ArrayList<>(byName.values()).forEach(Metric::reset);
    }

    private Counter counter(String name, String meaning) {
        return add(new Counter(name), meaning);
    }

    private Summary basic(String name, String meaning) {
        return add(new Summary(name, Summary.Detail.BASIC), meaning);
    }

    private Summary advanced(String name, String meaning) {
        return add(new Summary(name, Summary.Detail.ADVANCED), meaning);
    }

    private CounterFamily counters(String name, String meaning) {
        return add(new CounterFamily(name), meaning);
    }

    private SummaryFamily summaries(String name, Summary.Detail detail, String meaning) {
        return add(new SummaryFamily(name, detail), meaning);
    }

    private <M extends Metric> M add(M metric, String meaning) {
        if (byName.put(metric.name(), metric) != null) {
            throw new IllegalStateException("two metrics are called " + metric.name());
        }
        meanings.put(metric.name(), meaning);
        return metric;
    }
}
