package org.quorate.protocol.acl;

/**
 * One entry of an access control list.
 *
 * @param perms bits of {@link Perms}
 */
public record Acl(int perms, Id id) {}
