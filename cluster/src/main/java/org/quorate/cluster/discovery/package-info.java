/**
 * Services and where they are: instances register with their health, clients choose among them. The
 * znodes are those of Curator's x-discovery, {@code <base>/<service>/<id>} with its JSON, so that
 * either side sees the other's instances; what x-discovery lacks stands in a member of its own.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.cluster.discovery;
