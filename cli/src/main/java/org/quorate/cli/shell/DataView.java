package org.quorate.cli.shell;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A znode's data in its forms. Stateless. */
final class DataView {
    private DataView() {}

    static String text(byte @Nullable [] data) {
        return data == null ? "null" : new String(data, StandardCharsets.UTF_8);
    }

    static String base64(byte @Nullable [] data) {
        return data == null ? "null" : Base64.getEncoder().encodeToString(data);
    }

    static String hexDump(byte @Nullable [] data) {
        return data == null ? "null" : ByteBufUtil.prettyHexDump(Unpooled.wrappedBuffer(data));
    }

    /** Puts data under {@code data} if it is text, else under {@code dataBase64}. */
    static void put(byte @Nullable [] data, Map<String, @Nullable Object> json) {
        if (data == null) {
            json.put("data", null);
            return;
        }
        try {
            json.put(
                    "data",
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString());
        } catch (CharacterCodingException e) {
            json.put("dataBase64", base64(data)); // it is not text
        }
    }
}
