/**
 * Schema migrations and repairs of Apache Cassandra, which has no coordinator of its own for them,
 * guarded by the toolkit.
 */
package org.quorate.example.cassandra;
