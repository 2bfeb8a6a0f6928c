/** {@code quorate ensemble}: an ensemble to try out, and configuration files for a real one. */
@NullMarked
package org.quorate.cli.ensemble;

import org.jspecify.annotations.NullMarked;
