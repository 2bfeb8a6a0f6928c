package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines in the log; {@code ./quorate start} shows those of reading. Any thread. */
final class LoggedProgress implements StartProgress {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedProgress.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    @Override
    public long everyNanos() {
        return EVERY_NANOS;
    }

    @Override
    public void reading(String file, long bytesDone, long bytesAll) {
        LOG.info(
                "reading {}: {} %, {} of {} MiB",
                file,
                bytesAll <= 0 ? 100 : 100 * Math.min(bytesDone, bytesAll) / bytesAll,
                bytesDone >> 20,
                bytesAll >> 20);
    }

    @Override
    public void takingIn(int znodes) {
        LOG.info("taking in the leader's state: {} znodes so far", znodes);
    }

    @Override
    public void over() {}
}
