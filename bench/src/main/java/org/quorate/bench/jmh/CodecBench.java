package org.quorate.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ReplyFrame;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.SetDataTxn;
import org.quorate.protocol.txn.Txn;
import org.quorate.protocol.txn.TxnRecord;

/** Bytes to records and back. */
@State(Scope.Thread)
public class CodecBench extends NanosPerOperation {
    private final byte[] request = Frames.of(Frames.setData("/bench/d17/n17042"));
    private final byte[] txn = Frames.of(setDataTxn());
    private final RequestHeader header = new RequestHeader();
    private final RequestDecoder decoder = new RequestDecoder();
    private final TxnRecord record = new TxnRecord();
    private final JuteIn in = new JuteIn();
    private final JuteOut out = new JuteOut();
    private final Stat stat = new Stat();

    private static SetDataTxn setDataTxn() {
        SetDataTxn set = new SetDataTxn();
        set.type = OpCode.SET_DATA;
        set.path.set(Slice.of("/bench/d17/n17042"));
        set.data.set(new byte[Frames.DATA_BYTES], 0, Frames.DATA_BYTES);
        return set;
    }

    /** A setData of 100 bytes, header and body. */
    @Benchmark
    public Request decodesRequest() {
        header.read(in.wrap(request));
        return decoder.decode(header.type, in);
    }

    /** The answer of a setData: header and stat. */
    @Benchmark
    public int encodesReply() {
        out.clear();
        int frame = ReplyFrame.begin(out, 7);
        stat.write(out);
        ReplyFrame.end(out, frame, 42, ErrorCode.OK);
        return out.size();
    }

    /** A setData transaction of 100 bytes, as log and peers hold it. */
    @Benchmark
    public Txn decodesTxn() {
        return record.read(in.wrap(txn)).txn();
    }
}
