/** Tests of the store, on a simulated disk, on ZooKeeper's samples and against ZooKeeper itself. */
package org.quorate.log;
