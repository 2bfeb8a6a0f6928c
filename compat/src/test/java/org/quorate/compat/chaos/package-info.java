/** Ensembles of processes under faults, and a checker for what their clients saw. */
@NullMarked
package org.quorate.compat.chaos;

import org.jspecify.annotations.NullMarked;
