/** Access control lists: values for those who decide, flyweights for those who pass them on. */
@org.jspecify.annotations.NullMarked
package org.quorate.protocol.acl;
