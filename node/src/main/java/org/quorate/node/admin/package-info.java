/**
 * What operators talk to: four-letter words, ZooKeeper's AdminServer over HTTP, metrics for
 * Prometheus. Everything is asked through {@link org.quorate.node.admin.ServerView}, which the
 * running server implements.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.node.admin;
