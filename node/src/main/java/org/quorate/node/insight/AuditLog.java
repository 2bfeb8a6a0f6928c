package org.quorate.node.insight;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who changed what, a line each, in ZooKeeper's format and on the logger that it uses, so that its
 * logging configuration routes them as before ({@code audit.enable}). Lines are written by a thread
 * of their own. If it does not keep up, whoever has {@link #LINES_MAX} lines before his waits: an
 * audit log with holes is none. Any thread may hand lines in.
 */
public final class AuditLog implements AutoCloseable {
    /** Lines handed in and not written. */
    static final int LINES_MAX = 10_000;

    private static final Logger LOG =
            LoggerFactory.getLogger("org.apache.zookeeper.audit.Slf4jAuditLogger");

    private static final Line END = new Line("", "");

    private record Line(String fields, String result) {}

    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final Thread thread;

    /** Nothing is written before {@link #start}. */
    public AuditLog(String threadName) {
        thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::write);
    }

    /** Begins to write. Once. */
    public void start() {
        thread.start();
    }

    /**
     * Hands in a line.
     *
     * @param fields {@code name=value}, separated by tabs, without the result
     * @param result {@code success}, {@code failure} or {@code invoked}
     */
    public void add(String fields, String result) {
        put(new Line(fields, result));
    }

    /** Writes a line at once, where there is no log yet. */
    public static void addAtOnce(String fields, String result) {
        write(new Line(fields, result));
    }

    private void put(Line line) {
        boolean interrupted = false;
        while (true) {
            try {
                lines.put(line);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        while (true) {
            Line line;
            try {
                line = lines.take();
            } catch (InterruptedException e) {
                continue; // only END ends it
            }
            if (line.equals(END)) {
                return;
            }
            write(line);
        }
    }

    private static void write(Line line) {
        LOG.atLevel(line.result().equals("failure") ? Level.ERROR : Level.INFO)
                .log("{}\tresult={}", line.fields(), line.result());
    }

    /** Waits until all is written. */
    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        put(END);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
