package org.quorate.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.backup.BackupLog.Entry;

class BackupLogTest {
    @TempDir Path dir;

    private static Entry good(long atMillis) {
        return new Entry(atMillis, "/backup", "b" + atMillis, "0x5", 7, 100, false, "");
    }

    @Test
    void theLastIsReadFirstAndNothingWhereNothingWasMade() throws Exception {
        assertThat(BackupLog.read(dir)).isEmpty();
        BackupLog.add(dir, good(1));
        BackupLog.add(dir, Entry.failed(2, "/backup", "the disk is full"));
        assertThat(BackupLog.read(dir))
                .containsExactly(Entry.failed(2, "/backup", "the disk is full"), good(1));
    }

    @Test
    void aLineThatWasCutOffIsPassedOver() throws Exception {
        BackupLog.add(dir, good(1));
        Path file = dir.resolve(BackupLog.FILE);
        Files.writeString(file, "{\"atMillis\":\n\n[]\n{}\n", StandardOpenOption.APPEND);
        BackupLog.add(dir, good(2));
        assertThat(BackupLog.read(dir)).containsExactly(good(2), good(1));
    }

    @Test
    void theFileDoesNotGrowForEver() throws Exception {
        for (int i = 0; i < 3 * BackupLog.ENTRIES_MAX; i++) {
            BackupLog.add(dir, good(i));
        }
        assertThat(Files.readAllLines(dir.resolve(BackupLog.FILE)).size())
                .isLessThanOrEqualTo(2 * BackupLog.ENTRIES_MAX);
        assertThat(BackupLog.read(dir)).hasSize(BackupLog.ENTRIES_MAX);
        assertThat(BackupLog.read(dir).getFirst()).isEqualTo(good(3 * BackupLog.ENTRIES_MAX - 1));
    }
}
