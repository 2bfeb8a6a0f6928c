/** How far something that takes long has come: a bar on a terminal, lines elsewhere. */
@NullMarked
package org.quorate.cli.progress;

import org.jspecify.annotations.NullMarked;
