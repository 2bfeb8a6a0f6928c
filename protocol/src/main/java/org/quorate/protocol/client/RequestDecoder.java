package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;

/**
 * Decodes request bodies into one reused flyweight per kind, without allocation. The result is
 * valid until the next call or until the bytes are reused. Owned by one thread.
 */
public final class RequestDecoder {
    private final CreateRequest create = new CreateRequest();
    private final DeleteRequest delete = new DeleteRequest();
    private final SetDataRequest setData = new SetDataRequest();
    private final SetAclRequest setAcl = new SetAclRequest();
    private final ReadRequest read = new ReadRequest();
    private final PathRequest path = new PathRequest();
    private final MultiRequest multi = new MultiRequest();
    private final ReconfigRequest reconfig = new ReconfigRequest();
    private final RemoveWatchesRequest removeWatches = new RemoveWatchesRequest();
    private final AddWatchRequest addWatch = new AddWatchRequest();
    private final SetWatchesRequest setWatches = new SetWatchesRequest();
    private final AuthRequest auth = new AuthRequest();
    private final SaslRequest sasl = new SaslRequest();
    private final CreateSessionRequest createSession = new CreateSessionRequest();
    private final EmptyRequest empty = new EmptyRequest();
    private final UnknownRequest unknown = new UnknownRequest();

    /**
     * Decodes the body behind a header. Bytes left over are ignored.
     *
     * @param type the header's type
     * @throws org.quorate.protocol.jute.JuteException if the body is malformed: answered with
     *     MarshallingError
     */
    public Request decode(int type, JuteIn in) {
        return switch (type) {
            case OpCode.CREATE, OpCode.CREATE2, OpCode.CREATE_CONTAINER, OpCode.CREATE_TTL ->
                    create.read(type, in);
            case OpCode.DELETE -> delete.read(in);
            case OpCode.SET_DATA -> setData.read(in);
            case OpCode.SET_ACL -> setAcl.read(in);
            case OpCode.EXISTS, OpCode.GET_DATA, OpCode.GET_CHILDREN, OpCode.GET_CHILDREN2 ->
                    read.read(type, in);
            case OpCode.GET_ACL,
                    OpCode.SYNC,
                    OpCode.GET_EPHEMERALS,
                    OpCode.GET_ALL_CHILDREN_NUMBER ->
                    path.read(type, in);
            case OpCode.MULTI, OpCode.MULTI_READ -> multi.read(type, in);
            case OpCode.RECONFIG -> reconfig.read(in);
            case OpCode.CHECK_WATCHES, OpCode.REMOVE_WATCHES -> removeWatches.read(type, in);
            case OpCode.ADD_WATCH -> addWatch.read(in);
            case OpCode.SET_WATCHES, OpCode.SET_WATCHES2 -> setWatches.read(type, in);
            case OpCode.AUTH -> auth.read(in);
            case OpCode.SASL -> sasl.read(in);
            case OpCode.CREATE_SESSION -> createSession.read(in);
            case OpCode.PING, OpCode.WHO_AM_I, OpCode.CLOSE_SESSION -> {
                empty.type = type;
                yield empty;
            }
            default -> {
                unknown.type = type;
                yield unknown;
            }
        };
    }
}
