/**
 * The edges: sockets towards clients and towards the other servers of an ensemble, on Netty. Bytes
 * come in on event loops and are handed on as whole frames, many at a time; what goes out is
 * gathered in an {@link org.quorate.net.Outbox} and flushed once for each connection.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.net;
