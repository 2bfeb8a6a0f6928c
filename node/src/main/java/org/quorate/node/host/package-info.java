/**
 * The production host of the core: one thread that drives a {@link org.quorate.replica.Replica},
 * one that writes the log, and event loops that answer plain reads themselves. {@link
 * org.quorate.node.host.Server} joins them.
 */
@NullMarked
package org.quorate.node.host;

import org.jspecify.annotations.NullMarked;
