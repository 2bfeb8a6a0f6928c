package org.quorate.cli;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * A session of its own that asks a server for the usual: creates, writes, reads, multis, ephemerals
 * and their end. Answers are counted, not looked at. Owned by one thread.
 */
final class Exercise implements AutoCloseable {
    private static final String TOP = "/train";
    private static final int DATA_BYTES = 100;
    private static final int SESSION_MILLIS = 30_000;

    /** Requests that are sent before their answers are waited for. */
    private static final int UNDER_WAY_MAX = 250;

    private static final int ZNODES_PER_ROUND = 12;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MULTI_OPS = 10;

    private final Socket socket;
    private final OutputStream to;
    private final DataInputStream from;
    private final JuteOut out = new JuteOut(BUFFER_BYTES);
    private final byte[] data = new byte[DATA_BYTES];
    private byte[] reply = new byte[64 << 10];
    private int xid;
    private int underWay;

    Exercise(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        to = socket.getOutputStream();
        from = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        JuteOut hello = new JuteOut(64);
        hello.writeInt(45).writeInt(0).writeLong(0).writeInt(SESSION_MILLIS).writeLong(0);
        hello.writeBuffer(new byte[16]).writeBool(false);
        to.write(hello.array(), 0, hello.size());
        takeFrame();
    }

    /** Makes a parent and so many children. */
    void makeZnodes(int count) throws IOException {
        send(OpCode.CREATE, create(TOP, CreateRequest.FLAG_PERSISTENT));
        for (int i = 0; i < count; i++) {
            send(OpCode.CREATE, create(path(i), CreateRequest.FLAG_PERSISTENT));
        }
        settle();
    }

    /** Reads and changes what {@link #makeZnodes} has made, one by one and many at once. */
    void workOn(int count) throws IOException {
        for (int i = 0; i < count / ZNODES_PER_ROUND; i++) {
            String path = path(i * 7 % count);
            send(OpCode.GET_DATA, read(OpCode.GET_DATA, path));
            send(OpCode.EXISTS, read(OpCode.EXISTS, path));
            send(OpCode.SET_DATA, set(path));
            if (i % 8 == 0) {
                String lock = TOP + "/lock" + i;
                send(OpCode.CREATE, create(lock, CreateRequest.FLAG_EPHEMERAL));
                send(OpCode.DELETE, delete(lock));
                sendMulti(i, count);
            }
        }
        settle();
    }

    private void sendMulti(int seed, int count) throws IOException {
        int length = begin(OpCode.MULTI);
        for (int i = 0; i < MULTI_OPS; i++) {
            MultiFrame.beginRequest(out, OpCode.SET_DATA);
            set(path((seed + i) % count)).write(out);
        }
        MultiFrame.end(out);
        end(length);
    }

    private void send(int type, Request request) throws IOException {
        int length = begin(type);
        request.write(out);
        end(length);
    }

    private int begin(int type) {
        int length = out.reserve(4);
        out.writeInt(++xid).writeInt(type);
        return length;
    }

    private void end(int length) throws IOException {
        out.setInt(length, out.size() - length - 4);
        underWay++;
        if (underWay == UNDER_WAY_MAX) {
            settle();
        }
    }

    private void settle() throws IOException {
        to.write(out.array(), 0, out.size());
        out.clear();
        for (; underWay > 0; underWay--) {
            takeFrame();
        }
    }

    private void takeFrame() throws IOException {
        int length = from.readInt();
        if (length > reply.length) {
            reply = new byte[length];
        }
        from.readFully(reply, 0, length);
    }

    /** Ends the session. */
    @Override
    public void close() throws IOException {
        int length = begin(OpCode.CLOSE_SESSION);
        out.setInt(length, out.size() - length - 4);
        underWay++;
        settle();
        socket.close();
    }

    private static String path(int i) {
        return TOP + "/n" + i;
    }

    private CreateRequest create(String path, int flags) {
        CreateRequest create = new CreateRequest();
        create.path.set(Slice.of(path));
        create.data.set(data, 0, data.length);
        create.acl.set(AclList.OPEN);
        create.flags = flags;
        return create;
    }

    private SetDataRequest set(String path) {
        SetDataRequest set = new SetDataRequest();
        set.path.set(Slice.of(path));
        set.data.set(data, 0, data.length);
        set.version = -1;
        return set;
    }

    private static DeleteRequest delete(String path) {
        DeleteRequest delete = new DeleteRequest();
        delete.path.set(Slice.of(path));
        delete.version = -1;
        return delete;
    }

    private static ReadRequest read(int type, String path) {
        ReadRequest read = new ReadRequest();
        read.type = type;
        read.path.set(Slice.of(path));
        return read;
    }
}
