package org.quorate.zab;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/** Records what one Zab asks for, one line per effect, in order. */
final class Story {
    private final List<String> lines = new ArrayList<>();
    private final List<Long> dials = new ArrayList<>();
    private final List<Long> introduced = new ArrayList<>();
    private final List<Notification> votes = new ArrayList<>();
    private boolean logHoldsAll = true;
    private boolean harmful;
    private final TreeMap<Long, JuteOut> sent = new TreeMap<>();
    private long lastAttempt;
    private long lastMark;
    private long givenMark;

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** The lines so far; the story begins anew behind them. */
    List<String> take() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    /** From now on the log does not hold what it is to be cut behind. */
    void logHoldsNothing() {
        logHoldsAll = false;
    }

    /** From now on requests of observers are harmful. */
    void harmful() {
        harmful = true;
    }

    Journal journal() {
        return new RecordedJournal();
    }

    Peers peers() {
        return new RecordedPeers();
    }

    StateMachine state() {
        return new RecordedState();
    }

    /** Whom was dialled, in order. */
    List<Long> dials() {
        return List.copyOf(dials);
    }

    /** Links of which it is known with whom they are, in order. */
    List<Long> introduced() {
        return List.copyOf(introduced);
    }

    long lastAttempt() {
        return lastAttempt;
    }

    Notification lastVote() {
        return votes.getLast();
    }

    /** What was said to people. */
    List<String> notices() {
        return lines.stream().filter(line -> line.matches("(notice|warning): .*")).toList();
    }

    /** The newest mark that was not asked for before; −1 if there is none. */
    long newMark() {
        long mark = lastMark > givenMark ? lastMark : -1;
        givenMark = lastMark;
        return mark;
    }

    /** All bytes sent on a link. */
    byte[] sentOn(long link) {
        return sent.getOrDefault(link, new JuteOut()).copy();
    }

    /** A text is shown as it is, a transaction by nothing. */
    private static String readable(Slice txn) {
        return txn.length() < 32 ? txn.text() : "txn";
    }

    private void line(String text, Object... values) {
        lines.add(text.formatted(values));
    }

    private final class RecordedJournal implements Journal {
        @Override
        public void append(long zxid, byte[] bytes, int from, int length) {
            line("append %s %s", Zxid.hex(zxid), readable(new Slice().set(bytes, from, length)));
        }

        @Override
        public void acceptedEpoch(long epoch) {
            line("acceptedEpoch %d", epoch);
        }

        @Override
        public void currentEpoch(long epoch) {
            line("currentEpoch %d", epoch);
        }

        @Override
        public void currentEpochSoon(long epoch) {
            line("currentEpoch %d soon", epoch);
        }

        @Override
        public void snapshot(SnapshotSource view) {
            line("snapshot %s", Zxid.hex(view.lastZxid()));
        }

        @Override
        public void mark(long token) {
            lastMark = token;
            line("mark %d", token);
        }

        @Override
        public boolean truncate(long zxid) {
            line("truncate %s", Zxid.hex(zxid));
            return logHoldsAll;
        }

        @Override
        public void reload() {
            line("reload");
        }

        @Override
        public @Nullable History history(long afterZxid, long bytesMax) {
            line("history %s", Zxid.hex(afterZxid));
            return null;
        }
    }

    private final class RecordedPeers implements Peers {
        @Override
        public void vote(long serverId, Notification vote) {
            votes.add(vote);
            line("vote to %d", serverId);
        }

        @Override
        public void dial(long attempt, long serverId) {
            dials.add(serverId);
            lastAttempt = attempt;
            line("dial %d", serverId);
        }

        @Override
        public void dialMaster(long attempt, long serverId) {
            dials.add(serverId);
            lastAttempt = attempt;
            line("dial master %d", serverId);
        }

        @Override
        public void acceptObservers(boolean accept) {
            line("accept observers %b", accept);
        }

        @Override
        public void introduced(long link) {
            introduced.add(link);
        }

        @Override
        public void acceptLearners(boolean accept) {
            line("accept learners %b", accept);
        }

        @Override
        public void send(long link, byte[] bytes, int from, int length) {
            sent.computeIfAbsent(link, key -> new JuteOut()).writeRaw(bytes, from, length);
            JuteIn in = new JuteIn(Integer.MAX_VALUE).wrap(bytes, from, from + length);
            QuorumPacket packet = new QuorumPacket();
            while (in.remaining() > 0) {
                packet.read(in);
                line("to %d: %s %s", link, PacketType.name(packet.type), Zxid.hex(packet.zxid));
            }
        }

        @Override
        public void sendSnapshot(long link, SnapshotSource view) {
            line("send snapshot %s on %d", Zxid.hex(view.lastZxid()), link);
        }

        @Override
        public void flush() {
            line("flush");
        }

        @Override
        public void close(long link) {
            line("close %d", link);
        }

        @Override
        public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {
            line("members %s, %s", Zxid.hex(committed.version()), Zxid.hex(lastSeen.version()));
        }
    }

    private final class RecordedState implements StateMachine {
        private long lastZxid;

        @Override
        public long lastZxid() {
            return lastZxid;
        }

        @Override
        public void apply(long zxid, Slice txn) {
            lastZxid = zxid;
            line("apply %s %s", Zxid.hex(zxid), readable(txn));
        }

        @Override
        public void replay(long zxid, Slice txn) {
            lastZxid = zxid;
            line("replay %s %s", Zxid.hex(zxid), readable(txn));
        }

        @Override
        public void lastZxid(long zxid) {
            lastZxid = zxid;
            line("last zxid %s", Zxid.hex(zxid));
        }

        @Override
        public SnapshotSource freeze() {
            FakeState frozen = new FakeState();
            frozen.lastZxid(lastZxid);
            return frozen.freeze();
        }

        @Override
        public SnapshotSink install(long zxid) {
            lastZxid = zxid;
            line("install %s", Zxid.hex(zxid));
            return new NoSink();
        }

        @Override
        public void role(Role role) {
            line("role %s %d epoch %d", role.kind(), role.leader(), role.epoch());
        }

        @Override
        public void config(EnsembleConfig config) {
            line("config %s", Zxid.hex(config.version()));
        }

        @Override
        public void notice(String message) {
            line("notice: %s", message);
        }

        @Override
        public void warn(String message) {
            line("warning: %s", message);
        }

        @Override
        public void forwarded(long learner, QuorumPacket packet) {
            line("forwarded by %d: %s", learner, packet);
        }

        @Override
        public void revalidate(long learner, long sessionId, int timeoutMillis, boolean stays) {
            line("revalidate %x for %d", sessionId, learner);
        }

        @Override
        public void touched(long learner, long sessionId, int timeoutMillis) {
            line("touched %x by %d", sessionId, learner);
        }

        @Override
        public void touchTable(JuteOut out) {}

        @Override
        public void touchesAsked() {
            line("touches asked");
        }

        @Override
        public void touchesRead(boolean itself) {
            line("touches read");
        }

        @Override
        public boolean isHarmless(QuorumPacket request) {
            return !harmful;
        }

        @Override
        public void revalidated(long sessionId, boolean valid) {
            line("revalidated %x %b", sessionId, valid);
        }

        @Override
        public void synced() {
            line("synced");
        }
    }

    private static final class NoSink implements SnapshotSink {
        @Override
        public void session(long sessionId, int timeoutMillis) {}

        @Override
        public void acl(long ref, AclVector acl) {}

        @Override
        public void node(SnapshotNode node) {}

        @Override
        public void end() {}
    }
}
