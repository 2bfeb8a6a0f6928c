/** Clients that work with stock libraries and notice whatever they should not have seen. */
@NullMarked
package org.quorate.compat.work;

import org.jspecify.annotations.NullMarked;
