/**
 * SASL as ZooKeeper speaks it, with the JDK's own mechanisms: DIGEST-MD5 and GSSAPI. Who this
 * server is, and which users it knows, stands in a section of a JAAS configuration. Nothing here
 * may be called on an event loop: a step may read files and ask a key distribution centre.
 */
@NullMarked
package org.quorate.net.sasl;

import org.jspecify.annotations.NullMarked;
