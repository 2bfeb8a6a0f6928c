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
     * <p>A learner that stops between taking in the history of a new epoch and writing {@code
     * currentEpoch} comes back with transactions of a later epoch than that file says. ZooKeeper
     * then does not start. But if the epoch was accepted before, nothing is wrong: whoever has a
     * transaction of an epoch, and no hole before it, has all that the epoch began with, and that
     * is what {@code currentEpoch} promises.
     *
     * @param lastZxid last transaction on disk; −1 if the disk is suspiciously empty
     * @return whether it is known what was promised: not if {@code acceptedEpoch} has gone, while
     *     an epoch was entered
     */
    boolean load(long lastZxid, List<String> findings) throws StoreException, IOException {
        long epoch = Math.max(Zxid.epoch(lastZxid), 0);
        current = currentFile.read();
        boolean entered = current != EpochFile.MISSING;
        accepted = acceptedFile.read();
        if (current == EpochFile.MISSING) {
            currentFile.write(epoch);
            current = epoch;
        }
        if (epoch > current) {
            catchUp(epoch, lastZxid, findings);
        }
        boolean lost = false;
        if (accepted == EpochFile.MISSING) {
            // Put aside because of damage, or never written: what was entered was promised before.
            accepted = Math.max(epoch, current);
            lost = entered && accepted > 0;
            if (lost) {
                findings.add(
                        "acceptedEpoch is missing while currentEpoch says %d: taken to be %d"
                                .formatted(current, accepted));
            }
            acceptedFile.write(accepted);
        }
        if (accepted < current) {
            throw StoreException.damage(
                    "acceptedEpoch says %d, less than currentEpoch %d."
                            .formatted(accepted, current));
        }
        return !lost;
    }

    private void catchUp(long epoch, long lastZxid, List<String> findings)
            throws StoreException, IOException {
        long leftover = currentFile.readLeftover();
        if (leftover < epoch && accepted < epoch) {
            throw StoreException.damage(
                    "currentEpoch says %d and acceptedEpoch %d, but the last transaction is 0x%x of epoch %d."
                            .formatted(current, accepted, lastZxid, epoch));
        }
        long caughtUp = leftover >= epoch ? leftover : epoch;
        findings.add(
                "currentEpoch said %d when a crash came; it is %d, as the last transaction 0x%x shows"
                        .formatted(current, caughtUp, lastZxid));
        currentFile.write(caughtUp);
        current = caughtUp;
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
