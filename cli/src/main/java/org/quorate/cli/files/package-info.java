/**
 * Commands that look into files of a data directory, this server's or ZooKeeper's: {@code quorate
 * log dump}, {@code quorate snapshot dump|verify|stats}. They change nothing.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cli.files;
