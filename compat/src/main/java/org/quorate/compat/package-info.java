/** Tests with real clients and real ZooKeeper servers beside Quorate's. */
@org.jspecify.annotations.NullMarked
package org.quorate.compat;
