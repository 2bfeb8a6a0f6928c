package org.quorate.cluster.coordinator;

/** Rules for paths and names, checked where they enter the toolkit. */
public final class Paths {
    /** Longest name of a znode, in characters. */
    public static final int NAME_CHARS_MAX = 255;

    private Paths() {}

    /**
     * Returns {@code path} if it is absolute and has no empty component.
     *
     * @throws IllegalArgumentException otherwise
     */
    public static String check(String path) {
        if (path.length() < 2
                || path.charAt(0) != '/'
                || path.endsWith("/")
                || path.contains("//")) {
            if (path.equals("/")) {
                return path;
            }
            throw new IllegalArgumentException("not an absolute path: '" + path + "'");
        }
        return path;
    }

    /**
     * Returns {@code name} if it can be one component of a path.
     *
     * @throws IllegalArgumentException if it is empty, too long, contains {@code /} or a control
     *     character, or is {@code .}, {@code ..} or {@code zookeeper}
     */
    public static String checkName(String name) {
        boolean bad =
                name.isEmpty()
                        || name.length() > NAME_CHARS_MAX
                        || name.equals(".")
                        || name.equals("..")
                        || name.equals("zookeeper")
                        || name.chars()
                                .anyMatch(c ->
                                        c == '/'
                                                || c < 0x20
                                                || c >= 0x7f && c < 0xa0
                                                || c >= 0xd800 && c <= 0xf8ff
                                                || c >= 0xfff0);
        if (bad) {
            throw new IllegalArgumentException("not usable as the name of a znode: '" + name + "'");
        }
        return name;
    }

    /** The path of {@code name} under {@code parent}. */
    public static String join(String parent, String name) {
        return parent.equals("/") ? "/" + name : parent + "/" + name;
    }

    /** The path without its last component; {@code /} for a child of the root and for the root. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
