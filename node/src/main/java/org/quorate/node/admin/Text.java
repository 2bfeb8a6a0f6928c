package org.quorate.node.admin;

/** A text of lines being put together. Owned by one thread. */
final class Text {
    private final StringBuilder text = new StringBuilder();

    /** A session id or zxid as ZooKeeper shows it. */
    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    Text add(Object part) {
        text.append(part);
        return this;
    }

    Text line(Object line) {
        text.append(line).append('\n');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
