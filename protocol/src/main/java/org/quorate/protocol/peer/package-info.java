/**
 * What servers say to each other (peer protocol §1–§8): packets of the quorum port as flyweights,
 * messages of the election port and the ensemble's configuration as values.
 */
@org.jspecify.annotations.NullMarked
package org.quorate.protocol.peer;
