package org.quorate.node.admin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.node.backup.BackupLog;

/** The admin command about backups, which ZooKeeper does not have (docs/backup.md). Any thread. */
final class BackupCommands {
    private final Path dataDir;

    BackupCommands(Path dataDir) {
        this.dataDir = dataDir;
    }

    /** What was made of this server's directory, newest first. */
    Reply backups() throws IOException {
        List<Map<String, Object>> backups = new ArrayList<>();
        for (BackupLog.Entry entry : BackupLog.read(dataDir)) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("time_ms", entry.atMillis());
            fields.put("to", entry.to());
            fields.put("id", entry.id());
            fields.put("zxid", entry.zxid());
            fields.put("znodes", entry.znodes());
            fields.put("bytes", entry.bytes());
            fields.put("encrypted", entry.encrypted());
            fields.put("failed", entry.error());
            backups.add(fields);
        }
        return new Reply().put("backups", backups);
    }
}
