package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.PathVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** closeSession, with the ephemerals it deletes. */
public final class CloseSessionTxn implements Txn {
    /** False in the form before 3.6: the deletes then come from the tree's own table. */
    public boolean hasPaths = true;

    public final PathVector paths = new PathVector();

    public CloseSessionTxn read(JuteIn in) {
        hasPaths = true;
        paths.read(in);
        return this;
    }

    CloseSessionTxn withoutPaths() {
        hasPaths = false;
        paths.setNull();
        return this;
    }

    @Override
    public int type() {
        return OpCode.CLOSE_SESSION;
    }

    @Override
    public void write(JuteOut out) {
        if (hasPaths) {
            paths.write(out);
        }
    }
}
