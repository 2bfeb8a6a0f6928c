package org.quorate.cli.shell;

import org.jspecify.annotations.Nullable;

/**
 * What a command found.
 *
 * @param text for people, as zkCli prints it; empty for nothing
 * @param json the same for programs: maps, lists, strings, numbers
 */
record Result(String text, @Nullable Object json) {
    static final Result NOTHING = new Result("", java.util.Map.of());

    static Result of(String text, Object json) {
        return new Result(text, json);
    }
}
