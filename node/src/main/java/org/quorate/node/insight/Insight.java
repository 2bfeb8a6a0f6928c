package org.quorate.node.insight;

/**
 * All that a server remembers about who does what. Any thread; see the parts.
 *
 * @param stages how long what takes
 * @param slow operations that took long
 * @param hot who asks most
 * @param roles what this server was
 * @param history what it was like in the last hours
 * @param traces what is told to a tracing system
 */
public record Insight(
        StageTimes stages,
        SlowLog slow,
        HotSpots hot,
        RoleLog roles,
        History history,
        Traces traces) {
    /**
     * Nothing is remembered yet.
     *
     * @param slowMillis from here on an operation is slow; 0 to remember none
     */
    public static Insight of(int slowMillis) {
        return of(slowMillis, Traces.NONE);
    }

    /** The same, with operations told to a tracing system. */
    public static Insight of(int slowMillis, Traces traces) {
        return new Insight(
                new StageTimes(),
                new SlowLog(slowMillis),
                new HotSpots(),
                new RoleLog(),
                new History(),
                traces);
    }
}
