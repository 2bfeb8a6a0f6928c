/**
 * TLS: key and trust stores become contexts that are read again when their files change, and the
 * handler in front of an accepted socket that tells TLS from plain bytes and lets only so many
 * handshakes run at once. Netty's native BoringSSL is used where it loads, the JDK's TLS elsewhere.
 */
@NullMarked
package org.quorate.net.tls;

import org.jspecify.annotations.NullMarked;
