package org.quorate.cli.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import org.quorate.log.LogReader;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.log.StoreOptions;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/** A file of the transaction log, read by tools and by a server that starts. */
public final class LogFuzz {
    private static final Path DIR = Path.of("/data");
    private static final Path FILE = DIR.resolve("version-2").resolve("log.1");

    private LogFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        try (LogReader reader = new LogReader(new MemoryDisk().with(FILE, data), FILE)) {
            while (reader.next()) {
                if (reader.hasHeader()) {
                    reader.txn().header.toString();
                }
            }
        } catch (IOException e) {
            // refused
        }
        recover(new MemoryDisk().with(FILE, data));
    }

    /** As a server does; what it cannot read ends its start with a line. */
    static void recover(MemoryDisk disk) throws Exception {
        try (DataTree tree = new DataTree(TreeOptions.DEFAULT);
                Store store = Store.open(disk, StoreOptions.of(DIR))) {
            JuteIn in = new JuteIn(Integer.MAX_VALUE);
            TxnRecord record = new TxnRecord();
            store.recover(
                    tree::install,
                    (zxid, txn) -> tree.apply(record.read(in.wrap(txn)), null),
                    null);
        } catch (StoreException | IOException | JuteException e) {
            if (e.getMessage() == null) {
                throw e;
            }
        }
    }
}
