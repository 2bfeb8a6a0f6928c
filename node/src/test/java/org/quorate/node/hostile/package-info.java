/** Everything a server must stand that no honest client does. */
@org.jspecify.annotations.NullMarked
package org.quorate.node.hostile;
