package org.quorate.cli;

/** Runs commands of the program inside a test. */
public final class Commands {
    private Commands() {}

    /** The exit code. */
    public static int run(String... arguments) {
        return Main.commandLine().execute(arguments);
    }
}
