package org.quorate.cli.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quorate.node.admin.Version;

/** Commands on the shell itself. Stateless. */
final class SessionCommands {
    private SessionCommands() {}

    static List<Command> all() {
        return List.of(
                Command.local("close", "", 0, 0, SessionCommands::close),
                Command.local("connect", "host:port", 0, 1, SessionCommands::connect),
                Command.local("history", "", 0, 0, SessionCommands::history),
                Command.local("quit", "", 0, 0, SessionCommands::quit),
                Command.local("version", "", 0, 0, SessionCommands::version));
    }

    private static Result close(Arguments arguments, Session session) throws InterruptedException {
        session.disconnect();
        return Result.NOTHING;
    }

    private static Result connect(Arguments arguments, Session session)
            throws Failure, InterruptedException {
        String to = arguments.wordIfGiven(0);
        session.connect(to == null ? session.connectString() : to);
        return Result.NOTHING;
    }

    private static Result history(Arguments arguments, Session session) {
        List<String> lines = new ArrayList<>();
        for (int i = session.historyShownFrom(); i < session.historySize(); i++) {
            lines.add("%d - %s".formatted(i, session.remembered(i)));
        }
        return Result.of(String.join("\n", lines), lines);
    }

    private static Result quit(Arguments arguments, Session session) {
        session.quit();
        return Result.NOTHING;
    }

    private static Result version(Arguments arguments, Session session) {
        return Result.of("ZooKeeper CLI version: " + Version.FULL, Map.of("version", Version.FULL));
    }
}
