package org.quorate.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.PasswordHash;
import picocli.CommandLine.Command;

/**
 * {@code quorate password}: makes the line for the configuration file that lets operators sign in
 * to the console. The password comes from the terminal, or in one line from standard input; never
 * from the command line, which others can see.
 */
@Command(
        name = "password",
        description = "Make the line that lets operators sign in to the console.",
        mixinStandardHelpOptions = true)
final class PasswordCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        char[] password = readTwice();
        if (password.length < PasswordHash.CHARACTERS_MIN) {
            System.err.printf(
                    "quorate: a password has at least %d characters%n",
                    PasswordHash.CHARACTERS_MIN);
            return 2;
        }
        System.out.println("admin.console.passwordHash=" + PasswordHash.of(password));
        return 0;
    }

    private static char[] readTwice() throws IOException {
        Console terminal = terminal();
        if (terminal == null) {
            return readLine();
        }
        char[] password = terminal.readPassword("Password for the console: ");
        char[] again = terminal.readPassword("Once more: ");
        if (password == null || again == null || !Arrays.equals(password, again)) {
            throw new IOException("the two are not the same");
        }
        return password;
    }

    /** A password that is there already, from the terminal or in a line of standard input. */
    static char[] read(String prompt) throws IOException {
        Console terminal = terminal();
        char[] password = terminal == null ? readLine() : terminal.readPassword("%s", prompt);
        return password == null ? new char[0] : password;
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where there is no terminal
    private static @Nullable Console terminal() {
        @Nullable Console terminal = System.console();
        return terminal != null && terminal.isTerminal() ? terminal : null;
    }

    private static char[] readLine() throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        return line == null ? new char[0] : line.toCharArray();
    }
}
