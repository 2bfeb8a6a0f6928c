package org.quorate.bench;

import org.quorate.protocol.client.Request;
import org.quorate.protocol.jute.JuteOut;

/**
 * A request laid out once, whose path ends in a decimal number that is filled in each time it is
 * sent. Owned by one thread.
 */
final class Numbered {
    private static final int LENGTH_BYTES = 4;

    private final byte[] body;
    private final int digitsFrom;
    private final int digitsEnd;

    /**
     * @param request begins with its path, as all do that have one
     * @param pathLength in bytes
     * @param digits how many the path ends in
     */
    Numbered(Request request, int pathLength, int digits) {
        JuteOut out = new JuteOut(256);
        request.write(out);
        body = out.copy();
        digitsEnd = LENGTH_BYTES + pathLength;
        digitsFrom = digitsEnd - digits;
    }

    /** Appends the request with this number; its leading digits are lost if it is too long. */
    void write(JuteOut out, long number) {
        long left = number;
        for (int i = digitsEnd - 1; i >= digitsFrom; i--) {
            body[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        out.writeRaw(body, 0, body.length);
    }
}
