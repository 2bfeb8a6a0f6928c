/**
 * ZooKeeper's own published tests against a server in another process. {@link
 * org.quorate.compat.suite.ExternalServer} takes the place of ZooKeeper's connection factory, by
 * the system property that ZooKeeper has for it; {@code compat/zookeeper-tests} runs the lot.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.compat.suite;
