/**
 * The shell: ZooKeeper's {@code zkCli} with its commands, syntax and texts (reference:
 * administration §5), on the official client library. {@link org.quorate.cli.shell.ShellCommand} is
 * its door.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cli.shell;
