/** Processes of a database on the toolkit that are killed and frozen, and storage that judges. */
@NullMarked
package org.quorate.compat.shards;

import org.jspecify.annotations.NullMarked;
