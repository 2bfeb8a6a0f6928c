package org.quorate.cli.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.KeeperException;

/**
 * One command of the shell.
 *
 * @param name as it is typed
 * @param syntax what follows, for people
 * @param flags options without a value, without the dash
 * @param valued options with a value, without the dash
 * @param wordsMin words it needs besides options
 * @param wordsMax words it takes at most
 * @param needsConnection false for those that work without one
 * @param body does it
 */
record Command(
        String name,
        String syntax,
        Set<String> flags,
        Set<String> valued,
        int wordsMin,
        int wordsMax,
        boolean needsConnection,
        Body body) {

    /** Does what the command says. */
    @FunctionalInterface
    interface Body {
        Result run(Arguments arguments, Session session)
                throws Failure, KeeperException, InterruptedException;
    }

    /**
     * A command for a connected client.
     *
     * @param options words like {@code s} for a flag, {@code v=} for an option with a value
     */
    static Command of(
            String name, String syntax, String options, int wordsMin, int wordsMax, Body body) {
        return make(name, syntax, options, wordsMin, wordsMax, true, body);
    }

    /** A command that needs no connection. */
    static Command local(String name, String syntax, int wordsMin, int wordsMax, Body body) {
        return make(name, syntax, "", wordsMin, wordsMax, false, body);
    }

    private static Command make(
            String name,
            String syntax,
            String options,
            int wordsMin,
            int wordsMax,
            boolean needsConnection,
            Body body) {
        Set<String> flags = new HashSet<>();
        Set<String> valued = new HashSet<>();
        for (String option : options.split(" ")) {
            if (option.endsWith("=")) {
                valued.add(option.substring(0, option.length() - 1));
            } else if (!option.isEmpty()) {
                flags.add(option);
            }
        }
        return new Command(name, syntax, flags, valued, wordsMin, wordsMax, needsConnection, body);
    }

    /** How it is to be written. */
    String usage() {
        return name + " " + syntax;
    }

    /**
     * Takes the words behind the name apart. Options may stand anywhere.
     *
     * @throws Failure with the usage if they do not fit
     */
    Arguments parse(List<String> given) throws Failure {
        Set<String> foundFlags = new HashSet<>();
        Map<String, String> foundValues = new HashMap<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String word = given.get(i);
            String option = word.startsWith("-") ? word.substring(1) : "";
            if (flags.contains(option)) {
                foundFlags.add(option);
            } else if (valued.contains(option)) {
                if (i + 1 == given.size()) {
                    throw Failure.wrongUse("%s needs a value\n%s".formatted(word, usage()));
                }
                foundValues.put(option, given.get(++i));
            } else if (option.isEmpty() || Character.isDigit(option.charAt(0))) {
                words.add(word);
            } else {
                throw Failure.wrongUse("unknown option %s\n%s".formatted(word, usage()));
            }
        }
        if (words.size() < wordsMin || words.size() > wordsMax) {
            throw Failure.wrongUse(usage());
        }
        return new Arguments(foundFlags, foundValues, words);
    }
}
