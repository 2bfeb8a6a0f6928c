/**
 * One server's data directory in ZooKeeper's formats: transaction log with group commit, snapshots,
 * epochs, recovery, repair. The host goes through {@link org.quorate.log.Store}; everything below
 * it goes through {@link org.quorate.log.Disk}, so that a simulation can stand in for the machine.
 * Tools read single files with {@link org.quorate.log.LogReader} and {@link
 * org.quorate.log.SnapshotFile}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.log;
