/** {@code quorate cluster}: looks at a database's shards and changes them, through the toolkit. */
@NullMarked
package org.quorate.cli.cluster;

import org.jspecify.annotations.NullMarked;
