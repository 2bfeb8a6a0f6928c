/**
 * Who does what on a server, and what it was like lately: times of stages, slow operations, hot
 * paths, roles, a history of figures. Filled by the host at the places where things happen, read by
 * the admin commands. Everything here has a bound, and costs the hot path next to nothing.
 */
@NullMarked
package org.quorate.node.insight;

import org.jspecify.annotations.NullMarked;
