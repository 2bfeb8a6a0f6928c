package org.quorate.cli.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Disk;
import org.quorate.log.SnapshotFile;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate snapshot dump}: all znodes and sessions of a snapshot. */
@Command(
        name = "dump",
        description = "Print the znodes and sessions of a snapshot.",
        footer = {"", "Exit codes: 0 all well, 1 the file is damaged."},
        mixinStandardHelpOptions = true)
final class SnapshotDump implements Callable<Integer>, SnapshotSink {
    @Parameters(paramLabel = "FILE", description = "A snapshot: version-2/snapshot.*")
    private @Nullable Path file;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(names = "--data", description = "The data too, in base64.")
    private boolean data;

    private final Output out = new Output(System.out);
    private final Map<Long, List<String>> acls = new HashMap<>();
    private long nodes;
    private long sessions;

    @Override
    public Integer call() throws IOException {
        if (file == null) {
            throw new IllegalStateException("picocli requires a file");
        }
        SnapshotFile.Label label = SnapshotFile.read(Disk.REAL, file, this, null);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.toString());
            fields.put("nodes", nodes);
            fields.put("sessions", sessions);
            fields.putAll(SnapshotStats.label(label));
            out.json(fields);
        } else {
            out.line("%s: %d znodes, %d sessions".formatted(file, nodes, sessions));
        }
        return 0;
    }

    @Override
    public void session(long sessionId, int timeoutMillis) {
        sessions++;
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("session", Output.hex(sessionId));
            fields.put("timeout", timeoutMillis);
            out.json(fields);
        } else {
            out.line("session %s timeout %d ms".formatted(Output.hex(sessionId), timeoutMillis));
        }
    }

    @Override
    public void acl(long ref, AclVector acl) {
        List<String> entries = new ArrayList<>();
        acl.rewind();
        while (acl.next()) {
            entries.add("%s:%s:%s".formatted(acl.scheme.text(), acl.id.text(), letters(acl.perms)));
        }
        acls.put(ref, entries);
    }

    @Override
    public void node(SnapshotNode node) {
        nodes++;
        String path = node.path.length() == 0 ? "/" : node.path.text();
        List<String> acl = acls.getOrDefault(node.aclRef, List.of("world:anyone:cdrwa"));
        if (json) {
            out.json(fields(path, node, acl));
            return;
        }
        StringBuilder line = new StringBuilder(path);
        line.append("\n  cZxid = ").append(Output.hex(node.czxid));
        line.append("\n  ctime = ").append(Output.time(node.ctimeMillis));
        line.append("\n  mZxid = ").append(Output.hex(node.mzxid));
        line.append("\n  mtime = ").append(Output.time(node.mtimeMillis));
        line.append("\n  pZxid = ").append(Output.hex(node.pzxid));
        line.append("\n  cversion = ").append(node.cversion);
        line.append("\n  dataVersion = ").append(node.version);
        line.append("\n  aclVersion = ").append(node.aversion);
        line.append("\n  ephemeralOwner = ").append(Output.hex(node.ephemeralOwner));
        line.append("\n  dataLength = ").append(node.data.isNull() ? 0 : node.data.length());
        line.append("\n  acl = ").append(String.join(", ", acl));
        if (data && !node.data.isNull()) {
            line.append("\n  data = ").append(base64(node));
        }
        out.line(line.toString());
    }

    private Map<String, Object> fields(String path, SnapshotNode node, List<String> acl) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", path);
        fields.put("czxid", Output.hex(node.czxid));
        fields.put("mzxid", Output.hex(node.mzxid));
        fields.put("pzxid", Output.hex(node.pzxid));
        fields.put("ctime", node.ctimeMillis);
        fields.put("mtime", node.mtimeMillis);
        fields.put("version", node.version);
        fields.put("cversion", node.cversion);
        fields.put("aversion", node.aversion);
        fields.put("ephemeralOwner", Output.hex(node.ephemeralOwner));
        fields.put("dataLength", node.data.isNull() ? -1 : node.data.length());
        fields.put("acl", acl);
        if (data && !node.data.isNull()) {
            fields.put("dataBase64", base64(node));
        }
        return fields;
    }

    @Override
    public void end() {}

    private static String base64(SnapshotNode node) {
        byte[] bytes = new byte[node.data.length()];
        System.arraycopy(node.data.array(), node.data.from(), bytes, 0, bytes.length);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String letters(int perms) {
        StringBuilder letters = new StringBuilder();
        String all = "rwcda";
        for (int bit = 0; bit < all.length(); bit++) {
            if ((perms >> bit & 1) != 0) {
                letters.append(all.charAt(bit));
            }
        }
        return letters.toString();
    }
}
