package org.quorate.sim;

/** Puts exceptions into one line for people. Stateless. */
final class Failures {
    private static final int FRAMES_MAX = 16;

    private Failures() {}

    static String words(Throwable e) {
        StringBuilder words = new StringBuilder(String.valueOf(e));
        StackTraceElement[] frames = e.getStackTrace();
        for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
            words.append(i == 0 ? " at " : " < ")
                    .append(frames[i].getFileName())
                    .append(':')
                    .append(frames[i].getLineNumber());
        }
        return words.toString();
    }
}
