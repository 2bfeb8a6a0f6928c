/** {@code quorate backup}: keeps copies of a data directory, proves them, and puts them back. */
@NullMarked
package org.quorate.cli.backup;

import org.jspecify.annotations.NullMarked;
