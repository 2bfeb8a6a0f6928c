package org.quorate.cli.shell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.WatcherType;

/** Commands on watches. Stateless. */
final class WatchCommands {
    private WatchCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of(
                        "addWatch",
                        "[-m mode] path # optional mode is one of [PERSISTENT,"
                                + " PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE",
                        "m=",
                        1,
                        1,
                        WatchCommands::add),
                Command.of(
                        "removewatches",
                        "path [-c|-d|-a] [-l]",
                        "c d p r a l",
                        1,
                        1,
                        WatchCommands::remove),
                Command.local("printwatches", "on|off", 0, 1, WatchCommands::print));
    }

    private static Result add(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        String told = arguments.value("m");
        AddWatchMode mode = AddWatchMode.PERSISTENT_RECURSIVE;
        if (told != null) {
            try {
                mode = AddWatchMode.valueOf(told.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw Failure.wrongUse(all().get(0).usage());
            }
        }
        session.client().addWatch(arguments.path(0), mode);
        return Result.NOTHING;
    }

    private static Result remove(Arguments arguments, Session session)
            throws Failure, KeeperException, InterruptedException {
        WatcherType type = WatcherType.Any;
        if (arguments.has("c")) {
            type = WatcherType.Children;
        } else if (arguments.has("d")) {
            type = WatcherType.Data;
        } else if (arguments.has("p")) {
            type = WatcherType.Persistent;
        } else if (arguments.has("r")) {
            type = WatcherType.PersistentRecursive;
        }
        session.client().removeAllWatches(arguments.path(0), type, arguments.has("l"));
        return Result.NOTHING;
    }

    private static Result print(Arguments arguments, Session session) throws Failure {
        String told = arguments.wordIfGiven(0);
        if (told == null) {
            return Result.of(
                    "printwatches is " + (session.printsWatches() ? "on" : "off"),
                    Map.of("printwatches", session.printsWatches()));
        }
        if (!told.equals("on") && !told.equals("off")) {
            throw Failure.wrongUse("printwatches on|off");
        }
        session.printWatches(told.equals("on"));
        return Result.NOTHING;
    }
}
