package org.quorate.node.admin;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.quorate.net.FourLetterWords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects the clients' edge to {@link Words}: each word is answered on a virtual thread of its
 * own, as an answer may wait for the core.
 */
final class WordHandler implements FourLetterWords {
    private static final Logger LOG = LoggerFactory.getLogger(WordHandler.class);

    /** What a telnet client sends when it is interrupted; known, and never on the white list. */
    private static final int TELNET_CLOSE = 0xfff4fffd;

    private static final int TRACE_MASK_BYTES = 8;

    private final Words words;
    private final Map<Integer, String> known = new HashMap<>();

    WordHandler(Words words) {
        this.words = words;
        for (String word : Words.KNOWN) {
            known.put(code(word), word);
        }
        known.put(TELNET_CLOSE, "telnet close");
    }

    /** A word's four bytes as a big-endian int. */
    static int code(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
        return bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    }

    @Override
    public int argumentBytes(int word) {
        String name = known.get(word);
        if (name == null) {
            return -1;
        }
        // A word that is not answered is refused at once, without its argument.
        return name.equals("stmk") && words.isEnabled(name) ? TRACE_MASK_BYTES : 0;
    }

    @Override
    public void answer(int word, byte[] argument, Consumer<byte[]> answer) {
        String name = known.get(word);
        if (name == null) {
            throw new IllegalStateException("not a word: 0x" + Integer.toHexString(word));
        }
        Thread.ofVirtual()
                .name("quorate-word-" + name)
                .start(() -> answer.accept(text(name, argument)));
    }

    private byte[] text(String name, byte[] argument) {
        try {
            return words.answer(name, argument).getBytes(StandardCharsets.UTF_8);
        } catch (RuntimeException e) {
            LOG.error("the four-letter word {} failed", name, e);
            return new byte[0];
        }
    }
}
