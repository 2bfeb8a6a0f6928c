package org.quorate.log;

import java.io.IOException;
import java.util.List;
import org.quorate.protocol.Zxid;

/**
 * The two epochs of a server: the one it has promised to follow and the one whose history it has
 * (peer protocol §5.6). Owned by one thread.
 */
final class Epochs {
    static final String ACCEPTED = "acceptedEpoch";
    static final String CURRENT = "currentEpoch";

    private final EpochFile acceptedFile;
    private final EpochFile currentFile;
    private long accepted;
    private long current;

    Epochs(Directory directory) {
        acceptedFile = new EpochFile(directory, ACCEPTED);
        currentFile = new EpochFile(directory, CURRENT);
    }

    /**
     * Reads both files, makes what is missing, and checks {@code epoch(lastZxid) <= current <=
     * accepted} (disk formats §8).
     *
     * @param lastZxid last transaction on disk; −1 if the disk is suspiciously empty
     */
    void load(long lastZxid, List<String> findings) throws StoreException, IOException {
        long epoch = Math.max(Zxid.epoch(lastZxid), 0);
        current = currentFile.read();
        if (current == EpochFile.MISSING) {
            current(epoch, findings);
        }
        if (epoch > current) {
            long leftover = currentFile.readLeftover();
            if (leftover < epoch) {
                throw StoreException.damage(
                        "currentEpoch says %d, but the last transaction is 0x%x of epoch %d."
                                .formatted(current, lastZxid, epoch));
            }
            current(leftover, findings);
        }
        accepted = acceptedFile.read();
        if (accepted == EpochFile.MISSING) {
            accepted = epoch;
            acceptedFile.write(epoch);
        }
        if (accepted < current) {
            throw StoreException.damage(
                    "acceptedEpoch says %d, less than currentEpoch %d."
                            .formatted(accepted, current));
        }
    }

    private void current(long epoch, List<String> findings) throws IOException {
        if (current != EpochFile.MISSING) {
            findings.add(
                    "currentEpoch said %d; took %d from currentEpoch.tmp, which a crash left behind"
                            .formatted(current, epoch));
        }
        currentFile.write(epoch);
        current = epoch;
    }

    long accepted() {
        return accepted;
    }

    void accept(long epoch) throws IOException {
        if (epoch < accepted || epoch < current) {
            throw new IllegalStateException(
                    "epoch %d accepted behind %d, current %d".formatted(epoch, accepted, current));
        }
        acceptedFile.write(epoch);
        accepted = epoch;
    }

    long current() {
        return current;
    }

    void enter(long epoch) throws IOException {
        if (epoch < current || epoch > accepted) {
            throw new IllegalStateException(
                    "epoch %d entered behind %d, accepted %d".formatted(epoch, current, accepted));
        }
        currentFile.write(epoch);
        current = epoch;
    }
}
