/**
 * Where the tree and those who store or ship it meet: a snapshot as a stream of sessions, access
 * control lists and znodes (disk formats §5), the same for files and for state transfer between
 * peers (peer protocol §5.3). Nothing here holds more than one record.
 *
 * <p>Out: a {@link SnapshotSource} through a {@link SnapshotEncoder}. In: bytes through a {@link
 * SnapshotDecoder} into a {@link SnapshotSink}. File header, seals, digest and last zxid belong to
 * the file; the signature {@link SnapshotEncoder#WIRE_SIGNATURE} to the wire.
 *
 * <p>Beside a snapshot a state may be kept as the memory it lies in, for quick restarts: an {@link
 * ImageSource} and an {@link ImageSink}.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.protocol.snapshot;
