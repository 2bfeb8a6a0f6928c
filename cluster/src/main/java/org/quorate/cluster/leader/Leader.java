package org.quorate.cluster.leader;

import org.quorate.cluster.fence.Epoch;

/**
 * Who leads, as others see it.
 *
 * @param id the candidate's name
 * @param epoch of its reign
 */
public record Leader(String id, Epoch epoch) {}
