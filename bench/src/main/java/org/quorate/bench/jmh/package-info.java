/** Benches of the core's single steps by JMH, without sockets and disks. */
@org.jspecify.annotations.NullMarked
package org.quorate.bench.jmh;
