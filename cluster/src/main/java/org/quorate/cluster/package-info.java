/**
 * The toolkit for those who build databases: membership, leaders, configuration, discovery, shards.
 * It stands on Apache Curator alone and runs on Quorate and on Apache ZooKeeper. Each sub-package
 * is one part that can be used without the others, except that all of them share the epochs and
 * leases of {@link org.quorate.cluster.fence}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster;
