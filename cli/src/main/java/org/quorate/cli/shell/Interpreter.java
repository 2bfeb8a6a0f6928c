package org.quorate.cli.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/** Finds and runs commands by their names. Owned by the thread that runs the commands. */
final class Interpreter {
    private static final int CHAIN_MAX = 10;

    private final Map<String, Command> commands = new TreeMap<>();
    private final Session session;
    private final Printer printer;

    Interpreter(Session session, Printer printer) {
        this.session = session;
        this.printer = printer;
        List<List<Command>> groups =
                List.of(
                        NodeCommands.all(),
                        AclCommands.all(),
                        QuotaCommands.all(),
                        WatchCommands.all(),
                        ConfigCommands.all(),
                        SessionCommands.all());
        for (List<Command> group : groups) {
            group.forEach(command -> commands.put(command.name(), command));
        }
        commands.put("redo", Command.local("redo", "cmdno", 1, 1, this::redo));
        commands.put("help", Command.local("help", "", 0, 0, (arguments, s) -> help()));
    }

    /** All commands by name, sorted. */
    Map<String, Command> commands() {
        return commands;
    }

    /**
     * Runs a line and prints what comes of it.
     *
     * @return the exit code it would end a script with
     */
    int line(String line) throws InterruptedException {
        List<String> words = Words.of(line);
        if (words.isEmpty()) {
            return 0;
        }
        session.remember(line.strip());
        return run(words);
    }

    /** Runs a command and prints what comes of it. */
    int run(List<String> words) throws InterruptedException {
        try {
            printer.result(result(words));
            return 0;
        } catch (Failure e) {
            printer.failure(e);
            return e.exitCode();
        }
    }

    private Result result(List<String> words) throws Failure, InterruptedException {
        @Nullable Command command = commands.get(words.get(0));
        if (command == null) {
            throw Failure.wrongUse(
                    "Command not found: %s; 'help' lists the commands".formatted(words.get(0)));
        }
        Arguments arguments = command.parse(words.subList(1, words.size()));
        if (command.needsConnection() && !session.isConnected()) {
            throw Failure.notConnected("Not connected");
        }
        try {
            return command.body().run(arguments, session);
        } catch (KeeperException e) {
            throw Failure.of(e);
        } catch (IllegalArgumentException e) {
            throw Failure.wrongUse(String.valueOf(e.getMessage()));
        }
    }

    private Result redo(Arguments arguments, Session ignored) throws Failure, InterruptedException {
        String line = null;
        List<String> words = List.of("redo", arguments.word(0));
        // What is to be done again may itself be a redo, but not of itself.
        for (int i = 0; i < CHAIN_MAX && words.get(0).equals("redo"); i++) {
            line = session.remembered(number(words));
            if (line == null) {
                throw Failure.wrongUse("Command index out of range");
            }
            words = Words.of(line);
        }
        if (words.get(0).equals("redo")) {
            throw Failure.wrongUse("Command index out of range");
        }
        return result(words);
    }

    private static int number(List<String> words) throws Failure {
        try {
            return words.size() < 2 ? -1 : Integer.parseInt(words.get(1));
        } catch (NumberFormatException e) {
            throw Failure.wrongUse("redo cmdno: '%s' is not a number".formatted(words.get(1)));
        }
    }

    private Result help() {
        List<String> usages = new ArrayList<>();
        commands.values().forEach(command -> usages.add(command.usage()));
        return Result.of("\t" + String.join("\n\t", usages), usages);
    }
}
