package org.quorate.protocol.acl;

/** Permission bits (client protocol §10). Bits above {@link #ALL} are stored as given. */
public final class Perms {
    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int CREATE = 4;
    public static final int DELETE = 8;
    public static final int ADMIN = 16;
    public static final int ALL = 31;

    private Perms() {}
}
