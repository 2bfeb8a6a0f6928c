/**
 * What clients and servers say to each other (client protocol §2–§12): flyweights that are filled
 * from a frame in place and cost no allocation. Public fields, because each is a record that is
 * used again and again by one thread; their slices are valid until the frame's bytes are reused.
 *
 * <p>Decoding a request: {@link RequestHeader}, then {@link RequestDecoder}. Writing a reply:
 * {@link ReplyFrame}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.protocol.client;
