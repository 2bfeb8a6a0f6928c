package org.quorate.node.host;

import org.quorate.node.admin.LogLevels;
import org.quorate.node.console.ConsoleGuest;

/**
 * What the program that hosts a server lends it.
 *
 * @param guest answers questions of the console about what is built on the server
 * @param logs how much is logged
 * @param progress hears how far the server is before it serves
 */
public record Surroundings(ConsoleGuest guest, LogLevels logs, StartProgress progress) {
    /** A program that lends nothing. */
    public static final Surroundings NONE = new Surroundings(ConsoleGuest.NONE, LogLevels.UNKNOWN);

    /** How far the server is goes to its log. */
    public Surroundings(ConsoleGuest guest, LogLevels logs) {
        this(guest, logs, StartProgress.LOGGED);
    }
}
