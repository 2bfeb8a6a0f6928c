/** From ZooKeeper to Quorate and back, server by server, under load. */
@NullMarked
package org.quorate.compat.migration;

import org.jspecify.annotations.NullMarked;
