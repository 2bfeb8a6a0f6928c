/**
 * Authentication by classes that are not part of the server: each makes a scheme of its own, whose
 * ids access lists can name.
 */
@NullMarked
package org.quorate.node.auth;

import org.jspecify.annotations.NullMarked;
