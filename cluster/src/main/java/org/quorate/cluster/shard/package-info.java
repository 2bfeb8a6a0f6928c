/**
 * Shards for databases: what a database implements ({@link org.quorate.cluster.shard.ShardHost}),
 * what people ask for ({@link org.quorate.cluster.shard.Table}), and what runs in every process
 * ({@link org.quorate.cluster.shard.ShardNode}).
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.shard;
