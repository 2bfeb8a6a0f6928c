/**
 * Operators who prove who they are by a bearer token of an OpenID Connect issuer. Nimbus' library
 * judges the tokens; a server without an issuer never loads it.
 */
@NullMarked
package org.quorate.node.oidc;

import org.jspecify.annotations.NullMarked;
