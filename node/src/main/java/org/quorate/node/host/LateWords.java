package org.quorate.node.host;

import java.util.function.Consumer;
import org.quorate.net.FourLetterWords;

/** The words of a server that is still being put together: none until {@link #are}. */
final class LateWords implements FourLetterWords {
    private volatile FourLetterWords words = NONE;

    /** From now on the server knows these. */
    void are(FourLetterWords those) {
        words = those;
    }

    @Override
    public int argumentBytes(int word) {
        return words.argumentBytes(word);
    }

    @Override
    public void answer(int word, byte[] argument, Consumer<byte[]> answer) {
        words.answer(word, argument, answer);
    }
}
