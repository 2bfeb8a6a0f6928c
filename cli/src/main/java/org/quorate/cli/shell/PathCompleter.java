package org.quorate.cli.shell;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes names of commands, and paths by asking the server. On the reading thread. */
final class PathCompleter implements Completer {
    private static final long ANSWER_MILLIS_MAX = 1000;

    /** More children than this are not offered. */
    private static final int CANDIDATES_MAX = 1000;

    private final Interpreter interpreter;
    private final Session session;

    PathCompleter(Interpreter interpreter, Session session) {
        this.interpreter = interpreter;
        this.session = session;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String word = line.word().substring(0, line.wordCursor());
        if (line.wordIndex() == 0) {
            interpreter.commands().keySet().forEach(name -> candidates.add(new Candidate(name)));
        } else if (word.startsWith("/") && session.isConnected()) {
            String parent = word.substring(0, word.lastIndexOf('/') + 1);
            for (String child : children(parent)) {
                String path = parent + child;
                candidates.add(new Candidate(path, child, null, null, null, null, false));
            }
        }
    }

    private List<String> children(String parent) {
        String path = parent.length() > 1 ? parent.substring(0, parent.length() - 1) : parent;
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        try {
            session.client()
                    .getChildren(
                            path,
                            false,
                            (rc, at, context, children) ->
                                    answer.complete(children == null ? List.of() : children),
                            null);
            return answer.get(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS).stream()
                    .sorted()
                    .limit(CANDIDATES_MAX)
                    .toList();
        } catch (IllegalArgumentException | ExecutionException | TimeoutException e) {
            return List.of(); // nothing to offer is no error
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
