/**
 * A metadata store for SQL engines: databases, tables with columns, and partitions by the
 * thousands. Schema changes are compare-and-set and happen together or not at all; partitions lie
 * in buckets, so that no znode grows large.
 *
 * <pre>
 * &lt;path&gt;/db/&lt;database&gt;                    JSON: properties
 * &lt;path&gt;/db/&lt;database&gt;/&lt;table&gt;            JSON: columns and properties; its version is the schema's
 * &lt;path&gt;/db/&lt;database&gt;/&lt;table&gt;/b-&lt;from&gt;   JSON: {"to", "partitions"}: those with from &lt;= name &lt; to
 * &lt;path&gt;/locks/&lt;database&gt;                 the queue of the schema-migration lock
 * </pre>
 *
 * <p>The buckets of a table cover all names without gap: the first begins with the empty name, the
 * last has no {@code to}. A bucket that grows too large is split in the transaction that makes it
 * so; buckets are not merged again. Who comes with an old list of buckets finds out by {@code to}
 * or by a version.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.catalog;
