package org.quorate.cluster.member;

/** What has happened to one member. */
public sealed interface MemberChange {
    /** Its name. */
    String id();

    /**
     * It has joined.
     *
     * @param member as it is now
     */
    record Joined(Member member) implements MemberChange {
        @Override
        public String id() {
            return member.id();
        }
    }

    /**
     * It has announced its departure and gone.
     *
     * @param member as it last was
     */
    record Left(Member member) implements MemberChange {
        @Override
        public String id() {
            return member.id();
        }
    }

    /**
     * It is gone without a word: its session has ended. If it is back already, {@link Joined}
     * follows.
     *
     * @param member as it last was
     */
    record Lost(Member member) implements MemberChange {
        @Override
        public String id() {
            return member.id();
        }
    }

    /**
     * The same incarnation has another profile, or drains, or not any more.
     *
     * @param before as it was
     * @param after as it is
     */
    record Updated(Member before, Member after) implements MemberChange {
        @Override
        public String id() {
            return after.id();
        }
    }
}
