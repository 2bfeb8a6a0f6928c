/**
 * The other host of the production core: an ensemble, its clients and its faults in simulated time,
 * all from one seed, with those who look on and say which promise was broken. {@link
 * org.quorate.sim.Simulation} runs one seed, {@link org.quorate.sim.Campaign} many. See
 * docs/simulation.md.
 */
@NullMarked
package org.quorate.sim;

import org.jspecify.annotations.NullMarked;
