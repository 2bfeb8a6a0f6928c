package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.Request;

/** What one client does: a mix of writes, reads, watches and syncs on few znodes that all share. */
final class Work {
    private static final int NODES = 6;
    private static final int UNDER_WAY_MAX = 4;

    /** Not for clients, or not for anybody. */
    private static final int[] FORBIDDEN = {
        OpCode.CHECK, OpCode.DELETE_CONTAINER, OpCode.CREATE_SESSION, 4711
    };

    private final SimClient client;
    private final Chance chance;
    private final int number;

    /** Every third client has a persistent watch and no one-shot ones. */
    private final boolean lasting;

    private int made;
    private boolean stopped;

    Work(SimClient client, int number) {
        this.client = client;
        this.chance = client.chance;
        this.number = number;
        this.lasting = number % 3 == 2;
    }

    void stop() {
        stopped = true;
    }

    void step() {
        if (stopped || client.world.isLull() || client.underWayCount() >= UNDER_WAY_MAX) {
            return;
        }
        if (client.world.isOnlyRead(client.server())) {
            if (chance.oneIn(2)) {
                read();
            } else {
                syncAndRead();
            }
            return;
        }
        switch (chance.below(26)) {
            case 0, 1, 2, 3, 4 -> setData();
            case 5, 6 -> create();
            case 7 -> client.send(Ask.delete(node(), -1), "", false);
            case 24 -> client.send(Ask.setAcl(node(), data()), "", false);
            case 8, 9 -> ephemeral();
            case 10, 11 -> multi();
            case 12 -> sequential();
            case 13 -> rareKind();
            case 14, 15, 16, 17 -> read();
            case 18, 19, 20 -> syncAndRead();
            case 21 -> {
                if (client.world.settings.hostile()) {
                    malformed();
                } else {
                    read();
                }
            }
            case 22, 23 -> {
                if (lasting && client.lasting() == null) {
                    watchForGood();
                } else {
                    read();
                }
            }
            default -> {
                // Where a session is local its end is another way, which little else goes.
                if (chance.oneIn(client.world.settings.localSessions() ? 2 : 8)) {
                    if (chance.oneIn(2)) {
                        ephemeral(); // which goes again at once
                    }
                    client.send(Ask.empty(OpCode.CLOSE_SESSION), "", false);
                } else {
                    deleteChild();
                }
            }
        }
    }

    private String node() {
        return "/n" + chance.below(NODES);
    }

    private String data() {
        return "%d.%d".formatted(number, ++made);
    }

    private void setData() {
        client.send(Ask.setData(node(), data(), chance.oneIn(4) ? chance.below(9) : -1), "", false);
    }

    private void create() {
        String path = chance.oneIn(2) ? node() : node() + "/c" + chance.below(4);
        client.send(Ask.create(OpCode.CREATE, path, data(), 0, CreateRequest.TTL_NONE), "", false);
    }

    private void deleteChild() {
        client.send(Ask.delete(node() + "/c" + chance.below(4), -1), "", false);
    }

    private void ephemeral() {
        String path = node() + "/e" + chance.below(6);
        client.send(
                Ask.create(
                        chance.oneIn(2) ? OpCode.CREATE : OpCode.CREATE2,
                        path,
                        data(),
                        CreateRequest.FLAG_EPHEMERAL,
                        CreateRequest.TTL_NONE),
                "",
                false);
    }

    private void sequential() {
        int flags =
                chance.oneIn(2)
                        ? CreateRequest.FLAG_SEQUENTIAL
                        : CreateRequest.FLAG_EPHEMERAL_SEQUENTIAL;
        client.send(
                Ask.create(OpCode.CREATE, node() + "/s-", data(), flags, CreateRequest.TTL_NONE),
                "",
                false);
    }

    private void rareKind() {
        boolean container = chance.oneIn(2);
        client.send(
                Ask.create(
                        container ? OpCode.CREATE_CONTAINER : OpCode.CREATE_TTL,
                        node() + (container ? "/k" : "/t") + chance.below(3),
                        data(),
                        container ? CreateRequest.FLAG_CONTAINER : CreateRequest.FLAG_TTL,
                        container ? CreateRequest.TTL_NONE : 300),
                "",
                false);
    }

    private void multi() {
        List<Request> operations = new ArrayList<>();
        for (int i = 1 + chance.below(3); i > 0; i--) {
            operations.add(
                    switch (chance.below(4)) {
                        case 0 -> Ask.check(node(), chance.oneIn(2) ? -1 : chance.below(5));
                        case 1 ->
                                Ask.create(
                                        OpCode.CREATE,
                                        node() + "/m-",
                                        data(),
                                        CreateRequest.FLAG_SEQUENTIAL,
                                        CreateRequest.TTL_NONE);
                        case 2 -> Ask.setData(node(), data(), -1);
                        default -> Ask.delete(node() + "/c" + chance.below(4), -1);
                    });
        }
        int xid = client.nextXid();
        client.send(xid, Ask.multi(xid, operations), OpCode.MULTI, "", false, null);
    }

    private void read() {
        String path =
                switch (chance.below(4)) {
                    case 0 -> node() + "/e" + chance.below(6);
                    case 1 -> node() + "/c" + chance.below(4);
                    default -> node();
                };
        int type =
                switch (chance.below(3)) {
                    case 0 -> OpCode.EXISTS;
                    case 1 -> OpCode.GET_DATA;
                    default -> OpCode.GET_CHILDREN2;
                };
        boolean watch = !lasting && chance.oneIn(2);
        client.send(Ask.read(type, path, watch), path, watch);
    }

    private void syncAndRead() {
        String path = node();
        client.send(Ask.sync(path), path, false);
        client.send(Ask.read(OpCode.GET_DATA, path, false), path, false);
    }

    /** What a client with a bug sends, or one that means harm. */
    private void malformed() {
        int xid = client.nextXid();
        if (chance.oneIn(4)) {
            int type = FORBIDDEN[chance.below(FORBIDDEN.length)];
            client.sendMalformed(xid, Ask.forbidden(xid, type), type);
            return;
        }
        if (chance.oneIn(6)) {
            byte[] multi = Ask.multi(xid, List.of(Ask.setData(node(), data(), -1)));
            client.sendMalformed(xid, Ask.malformed(multi, chance), OpCode.MULTI);
            return;
        }
        Request request =
                switch (chance.below(7)) {
                    case 0 -> Ask.setData(node(), data(), -1);
                    case 1 -> Ask.create(OpCode.CREATE, node(), data(), 0, CreateRequest.TTL_NONE);
                    case 2 ->
                            Ask.create(
                                    OpCode.CREATE2,
                                    node() + "/e0",
                                    data(),
                                    CreateRequest.FLAG_EPHEMERAL,
                                    CreateRequest.TTL_NONE);
                    case 3 -> Ask.delete(node(), -1);
                    case 4 -> Ask.sync(node());
                    case 5 -> Ask.read(OpCode.GET_DATA, node(), true);
                    default -> Ask.reconfig(null, "2");
                };
        byte[] frame = Ask.malformed(Ask.frame(xid, request), chance);
        client.sendMalformed(xid, frame, request.type());
    }

    private void watchForGood() {
        LastingWatch watch =
                new LastingWatch(client.world.znodes, client.toString(), node(), chance.oneIn(2));
        int xid = client.nextXid();
        client.send(xid, Ask.addWatch(watch.path, watch.recursive), "", false, watch);
    }
}
