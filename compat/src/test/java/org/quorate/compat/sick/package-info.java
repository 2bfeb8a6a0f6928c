/** Sick disks, clocks and machines under ensembles of processes. */
@NullMarked
package org.quorate.compat.sick;

import org.jspecify.annotations.NullMarked;
