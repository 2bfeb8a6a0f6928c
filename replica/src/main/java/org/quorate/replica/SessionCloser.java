package org.quorate.replica;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.MultiTxn;
import org.quorate.zab.Zab;

/**
 * Makes the transactions that end a session. As a rule it is one, which lists the ephemerals. If
 * that would be more than the limits of peers and logs allow, the ephemerals go first, chunk by
 * chunk, in multis of deletes such as any ZooKeeper applies, and the closeSession names what is
 * left (in ZooKeeper such a session stops the ensemble, ZOOKEEPER-4306). Owned by the core thread,
 * used while this server leads.
 */
final class SessionCloser {
    private static final int CHUNK_BYTES_MAX = 256 << 10;

    private final int listBytesMax;
    private final Changes changes;
    private final Preparer preparer;
    private final Proposer proposer;
    private final List<Chunks> under = new ArrayList<>();
    private JuteOut paths = new JuteOut();
    private final Slice path = new Slice();
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private int count;

    SessionCloser(int frameBytesMax, Changes changes, Preparer preparer, Proposer proposer) {
        this.listBytesMax = frameBytesMax / 2;
        this.changes = changes;
        this.preparer = preparer;
        this.proposer = proposer;
    }

    /** A term has ended: what was under way is another leader's now. */
    void clear() {
        under.clear();
    }

    /**
     * Proposes the end of a session, or its beginning.
     *
     * @return the zxid of the closeSession; 0 if it is not proposed yet
     */
    long close(Zab zab, Author author) {
        collect(author.sessionId);
        if (paths.size() <= listBytesMax) {
            return proposeClose(zab, author);
        }
        Author copy = new Author().set(author.sessionId, author.cxid, author.server, author.ids);
        Chunks chunks = new Chunks(copy, new Slice().set(paths.array(), 0, paths.size()));
        paths = new JuteOut();
        under.add(chunks);
        chunks.propose(zab);
        return 0;
    }

    /** Goes on with large sessions whose last chunk is applied. */
    void proceed(Zab zab, long appliedZxid) {
        for (int i = 0; i < under.size(); i++) {
            Chunks chunks = under.get(i);
            if (chunks.lastZxid > appliedZxid) {
                continue;
            }
            if (chunks.hasMore()) {
                chunks.propose(zab);
            } else {
                under.remove(i);
                i--;
                close(zab, chunks.author);
            }
        }
    }

    private long proposeClose(Zab zab, Author author) {
        proposer.begin(zab, author);
        proposer.out().writeInt(count).writeRaw(paths.array(), 0, paths.size());
        in.wrap(paths.array(), 0, paths.size());
        while (in.remaining() > 0) {
            in.readSlice(path);
            preparer.deleteEphemeral(path, author.sessionId);
        }
        return proposer.end(zab, OpCode.CLOSE_SESSION, ErrorCode.OK);
    }

    private void collect(long sessionId) {
        paths.clear();
        count = 0;
        changes.forEachEphemeral(
                sessionId,
                each -> {
                    paths.writeSlice(each);
                    count++;
                });
    }

    /** The ephemerals of one large session. */
    private final class Chunks {
        /** Of the closeSession. */
        private final Author author;

        /**
         * Of the chunks: a cxid that no server takes for the answer to the client's closeSession.
         */
        private final Author chunkAuthor;

        private final Slice all;
        private int position;
        private long lastZxid;

        Chunks(Author author, Slice all) {
            this.author = author;
            this.chunkAuthor = new Author().set(author.sessionId, 0, author.server, author.ids);
            this.all = all;
        }

        boolean hasMore() {
            return position < all.length();
        }

        void propose(Zab zab) {
            lastZxid = proposer.begin(zab, chunkAuthor);
            JuteOut out = proposer.out();
            int from = out.size();
            int multi = MultiTxn.begin(out);
            int deletes = 0;
            in.wrap(all.array(), position, all.length());
            while (in.remaining() > 0
                    && out.size() - from < Math.min(CHUNK_BYTES_MAX, listBytesMax)) {
                in.readSlice(path);
                if (preparer.deleteEphemeral(path, author.sessionId)) {
                    int record = MultiTxn.beginOp(out, OpCode.DELETE);
                    out.writeSlice(path);
                    MultiTxn.endOp(out, record);
                    deletes++;
                }
            }
            position = in.position();
            MultiTxn.end(out, multi, deletes);
            proposer.end(zab, OpCode.MULTI, ErrorCode.OK);
        }
    }
}
