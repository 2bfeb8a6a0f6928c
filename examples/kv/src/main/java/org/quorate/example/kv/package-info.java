/**
 * An example: a sharded, replicated key-value database in a few hundred lines above the toolkit.
 * Each shard is a log and a map in H2's MVStore; its leader ships the log to the followers, fenced
 * by the epochs of the shard map; clients speak HTTP.
 */
@NullMarked
package org.quorate.example.kv;

import org.jspecify.annotations.NullMarked;
