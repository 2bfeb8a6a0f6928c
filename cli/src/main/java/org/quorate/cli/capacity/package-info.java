/** How large an ensemble must be for a load: {@code quorate capacity}. */
@org.jspecify.annotations.NullMarked
package org.quorate.cli.capacity;
