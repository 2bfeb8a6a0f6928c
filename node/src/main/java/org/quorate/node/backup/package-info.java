/** What is known of the backups that were made of a data directory. */
@NullMarked
package org.quorate.node.backup;

import org.jspecify.annotations.NullMarked;
