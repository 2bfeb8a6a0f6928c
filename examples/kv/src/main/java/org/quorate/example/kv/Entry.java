package org.quorate.example.kv;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One write of one shard.
 *
 * @param seq its place in the shard's log, from 1, without gaps
 * @param epoch of the leader that wrote it
 * @param value empty means deleted
 */
record Entry(long seq, long epoch, String key, String value) {
    /** As one string, which is what the log's map keeps. */
    String encode() {
        return epoch + " " + key.length() + " " + key + value;
    }

    static Entry decode(long seq, String text) {
        int first = text.indexOf(' ');
        int second = text.indexOf(' ', first + 1);
        int keyEnd = second + 1 + Integer.parseInt(text.substring(first + 1, second));
        return new Entry(
                seq,
                Long.parseLong(text.substring(0, first)),
                text.substring(second + 1, keyEnd),
                text.substring(keyEnd));
    }

    static byte[] encode(List<Entry> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(entries.size());
            for (Entry entry : entries) {
                byte[] text = entry.encode().getBytes(StandardCharsets.UTF_8);
                out.writeLong(entry.seq);
                out.writeInt(text.length);
                out.write(text);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return bytes.toByteArray();
    }

    static List<Entry> decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<Entry> entries = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            long seq = in.readLong();
            byte[] text = in.readNBytes(in.readInt());
            entries.add(decode(seq, new String(text, StandardCharsets.UTF_8)));
        }
        return entries;
    }
}
