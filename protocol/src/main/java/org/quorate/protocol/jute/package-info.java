@org.jspecify.annotations.NullMarked
package org.quorate.protocol.jute;
