/**
 * A small HTTP/1.1 server on Netty: each request is answered by blocking code on a virtual thread,
 * with bodies as streams in both directions. Knows nothing of what is served.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.node.http;
