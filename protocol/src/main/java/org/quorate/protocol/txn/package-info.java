/**
 * Transactions as they stand in proposals and in the log (disk formats §3), byte for byte
 * ZooKeeper's: flyweights to fill and write, or to read in place.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.protocol.txn;
