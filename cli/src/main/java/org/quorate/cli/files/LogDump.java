package org.quorate.cli.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.quorate.log.Disk;
import org.quorate.log.LogReader;
import org.quorate.log.TxnFields;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate log dump}: each transaction of a log file on a line. */
@Command(
        name = "dump",
        description =
                "Print each transaction of log files: who, when, what; data only by its length.",
        footer = {"", "Exit codes: 0 all well, 1 a record or the end of a file is damaged."},
        mixinStandardHelpOptions = true)
final class LogDump implements Callable<Integer> {
    private static final int DAMAGED = 1;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Log files: version-2/log.*")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    private final Output out = new Output(System.out);

    @Override
    public Integer call() throws IOException {
        boolean well = true;
        for (Path file : files) {
            well &= dump(file);
        }
        return well ? 0 : DAMAGED;
    }

    private boolean dump(Path path) throws IOException {
        try (LogReader reader = new LogReader(Disk.REAL, path)) {
            if (!json) {
                out.line("%s: log of format %d".formatted(path, reader.formatVersion()));
            }
            long count = 0;
            long bad = 0;
            while (reader.next()) {
                count++;
                bad += reader.state() == LogReader.State.GOOD ? 0 : 1;
                print(reader);
            }
            LogReader.End end = reader.end();
            if (end == null) {
                throw new IllegalStateException("read to no end: " + path);
            }
            printEnd(path, end, count, bad);
            return end.clean() && bad == 0;
        }
    }

    private void print(LogReader reader) {
        TxnRecord txn = reader.txn();
        TxnHeader header = txn.header;
        boolean readable = reader.hasHeader() && reader.state() != LogReader.State.UNREADABLE;
        Map<String, Object> fields = readable ? TxnFields.of(txn.txn()) : new LinkedHashMap<>();
        if (json) {
            printJson(reader, header, readable, fields);
            return;
        }
        StringBuilder line = new StringBuilder();
        if (readable) {
            line.append(Output.time(header.timeMillis))
                    .append(" session ")
                    .append(Output.hex(header.sessionId))
                    .append(" cxid ")
                    .append(Output.hex(Integer.toUnsignedLong(header.cxid)))
                    .append(" zxid ")
                    .append(Output.hex(header.zxid))
                    .append(' ')
                    .append(TxnFields.typeName(header.type));
            fields.forEach(
                    (name, value) -> line.append(' ').append(name).append('=').append(value));
        } else {
            line.append("record at offset ").append(reader.offset());
        }
        if (reader.state() != LogReader.State.GOOD) {
            line.append(" DAMAGED at offset ")
                    .append(reader.offset())
                    .append(": ")
                    .append(reader.problem());
        }
        out.line(line.toString());
    }

    private void printJson(
            LogReader reader, TxnHeader header, boolean readable, Map<String, Object> txn) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("offset", reader.offset());
        if (readable) {
            fields.put("zxid", Output.hex(header.zxid));
            fields.put("session", Output.hex(header.sessionId));
            fields.put("cxid", header.cxid);
            fields.put("time", header.timeMillis);
            fields.put("type", TxnFields.typeName(header.type));
            fields.putAll(txn);
        }
        if (reader.state() != LogReader.State.GOOD) {
            fields.put("problem", reader.problem());
        }
        out.json(fields);
    }

    private void printEnd(Path path, LogReader.End end, long count, long bad) {
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", path.toString());
            fields.put("transactions", count);
            fields.put("damaged", bad);
            fields.put("endOffset", end.offset());
            fields.put("clean", end.clean());
            fields.put("end", end.words());
            out.json(fields);
        } else {
            out.line(
                    "%s: %d transactions%s, %s at offset %d"
                            .formatted(
                                    path,
                                    count,
                                    bad == 0 ? "" : ", " + bad + " of them damaged",
                                    end.words(),
                                    end.offset()));
        }
    }
}
