package org.quorate.node.admin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/**
 * ZooKeeper's four-letter words: the text that answers each (reference: client protocol §20). Any
 * thread that may wait.
 */
final class Words {
    /** What commands say that need a serving server. */
    static final String NOT_SERVING = "This ZooKeeper instance is not currently serving requests";

    /** Known words; what else comes is taken for the length of a frame. */
    static final Set<String> KNOWN =
            Set.of(
                    "conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "hash", "isro", "mntr",
                    "ruok", "srst", "srvr", "stat", "stmk", "wchc", "wchp", "wchs");

    private static final Set<String> ANSWERED_ALWAYS =
            Set.of("ruok", "isro", "envi", "gtmk", "stmk");

    private final ServerView server;
    private final Monitor monitor;
    private final TraceMask traceMask;

    Words(ServerView server, Monitor monitor, TraceMask traceMask) {
        this.server = server;
        this.monitor = monitor;
        this.traceMask = traceMask;
    }

    /**
     * The whole answer.
     *
     * @param argument what followed the word: eight bytes for stmk, else nothing
     */
    String answer(String word, byte[] argument) {
        if (!isEnabled(word)) {
            return word + " is not executed because it is not in the whitelist.\n";
        }
        if (!server.isServing() && !ANSWERED_ALWAYS.contains(word)) {
            return word.equals("hash") ? NOT_SERVING : NOT_SERVING + "\n";
        }
        Text out = new Text();
        try {
            answer(word, argument, out);
        } catch (IOException e) {
            return NOT_SERVING + "\n"; // it is being stopped
        }
        return out.toString();
    }

    /** Is the word on the white list? */
    boolean isEnabled(String word) {
        List<String> words = server.config().admin().words();
        return words.contains(word)
                || words.contains("*")
                || word.equals("srvr") // always there: ZooKeeper's own scripts ask it
                || (word.equals("isro") && server.config().behaviour().readOnlyMode());
    }

    private void answer(String word, byte[] argument, Text out) throws IOException {
        switch (word) {
            case "ruok" -> out.add("imok");
            case "isro" -> out.add(readOnly());
            case "gtmk" -> out.add(traceMask.get());
            case "stmk" -> {
                traceMask.set(ByteBuffer.wrap(argument).getLong());
                out.add(traceMask.get());
            }
            case "envi" -> {
                out.line("Environment:");
                Environment.entries().forEach((key, value) -> out.line(key + "=" + value));
            }
            case "conf" -> ConfText.conf(server, out);
            case "srvr" -> StatText.srvr(server, out);
            case "stat" -> StatText.stat(server, out);
            case "cons" -> StatText.cons(server, out);
            case "dump" -> DumpText.dump(server, out);
            case "mntr" -> out.add(monitor.mntr());
            case "crst" -> {
                server.resetConnections();
                out.line("Connection stats reset.");
            }
            case "srst" -> {
                server.resetTraffic();
                server.metrics().reset();
                out.line("Server stats reset.");
            }
            case "dirs" -> {
                out.line("datadir_size: " + dataBytes());
                out.line("logdir_size: " + logBytes());
            }
            case "hash" ->
                    server.digests()
                            .forEach(digest ->
                                    out.add(Long.toHexString(digest.zxid()))
                                            .add(": ")
                                            .line(digest.digest()));
            case "wchs", "wchc", "wchp" -> watches(word, Watches.of(server), out);
            default -> throw new IllegalStateException("not a known word: " + word);
        }
    }

    private static void watches(String word, Watches watches, Text out) {
        switch (word) {
            case "wchs" -> {
                out.line(
                        "%d connections watching %d paths"
                                .formatted(watches.connections(), watches.paths()));
                out.line("Total watches:" + watches.total());
                return;
            }
            case "wchc" ->
                    watches.bySession()
                            .forEach((session, paths) -> {
                                out.line(Text.hex(session));
                                paths.forEach(path -> out.line("\t" + path));
                            });
            default ->
                    watches.byPath()
                            .forEach((path, sessions) -> {
                                out.line(path);
                                sessions.forEach(id -> out.line("\t" + Text.hex(id)));
                            });
        }
        out.line("");
    }

    private long dataBytes() {
        return Directories.bytes(server.config().directories().data());
    }

    private long logBytes() {
        return Directories.bytes(server.config().directories().log());
    }

    private String readOnly() {
        if (!server.isServing()) {
            return "null";
        }
        return server.isReadOnly() ? "ro" : "rw";
    }
}
