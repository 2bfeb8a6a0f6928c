package org.quorate.cli.shell;

import java.util.Map;
import org.apache.zookeeper.KeeperException;

/** A command that could not be done. The message is what the person sees. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    /** Exit codes of a command given on the command line; see docs/running.md. */
    static final int FAILED = 1;

    static final int WRONG_USE = 2;
    static final int NOT_CONNECTED = 3;

    private static final Map<KeeperException.Code, String> TEXTS =
            Map.ofEntries(
                    Map.entry(KeeperException.Code.NONODE, "Node does not exist: "),
                    Map.entry(
                            KeeperException.Code.NOCHILDRENFOREPHEMERALS,
                            "Ephemerals cannot have children: "),
                    Map.entry(KeeperException.Code.NODEEXISTS, "Node already exists: "),
                    Map.entry(KeeperException.Code.NOTEMPTY, "Node not empty: "),
                    Map.entry(KeeperException.Code.NOTREADONLY, "Not a read-only call: "),
                    Map.entry(KeeperException.Code.INVALIDACL, "Acl is not valid : "),
                    Map.entry(KeeperException.Code.NOAUTH, "Insufficient permission : "),
                    Map.entry(KeeperException.Code.BADARGUMENTS, "Arguments are not valid : "),
                    Map.entry(KeeperException.Code.BADVERSION, "version No is not valid : "),
                    Map.entry(KeeperException.Code.QUOTAEXCEEDED, "Quota has exceeded : "));

    private final int exitCode;
    private final String code;

    private Failure(String message, int exitCode, String code) {
        super(message);
        this.exitCode = exitCode;
        this.code = code;
    }

    /** It was refused, or went wrong. */
    static Failure failed(String message) {
        return new Failure(message, FAILED, "Failed");
    }

    /** The command was not written as it must be. */
    static Failure wrongUse(String message) {
        return new Failure(message, WRONG_USE, "WrongUse");
    }

    /** There is no connection. */
    static Failure notConnected(String message) {
        return new Failure(message, NOT_CONNECTED, "NotConnected");
    }

    /** The server's answer, in zkCli's words. */
    static Failure of(KeeperException e) {
        String code = e.code().toString();
        return switch (e.code()) {
            case RECONFIGINPROGRESS ->
                    new Failure(
                            "Another reconfiguration is in progress -- concurrent reconfigs not"
                                    + " supported (yet)",
                            FAILED,
                            code);
            case NEWCONFIGNOQUORUM ->
                    new Failure(
                            "No quorum of new config is connected and up-to-date with the leader"
                                    + " of last commmitted config - try invoking reconfiguration"
                                    + " after new servers are connected and synced",
                            FAILED,
                            code);
            case CONNECTIONLOSS, SESSIONEXPIRED ->
                    new Failure(String.valueOf(e.getMessage()), NOT_CONNECTED, code);
            default -> {
                String text = TEXTS.get(e.code());
                String message = text == null ? String.valueOf(e.getMessage()) : text + e.getPath();
                yield new Failure(message, FAILED, code);
            }
        };
    }

    int exitCode() {
        return exitCode;
    }

    /** The error's name for programs. */
    String code() {
        return code;
    }
}
