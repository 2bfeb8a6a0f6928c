package org.quorate.net;

import java.util.function.Consumer;

/**
 * What a fresh connection may say instead of a handshake (client protocol §20). Called on event
 * loops; must not block.
 */
public interface FourLetterWords {
    /** Knows no words at all. */
    FourLetterWords NONE =
            new FourLetterWords() {
                @Override
                public int argumentBytes(int word) {
                    return -1;
                }

                @Override
                public void answer(int word, byte[] argument, Consumer<byte[]> answer) {
                    throw new IllegalStateException("not a word: " + word);
                }
            };

    /**
     * How many bytes of argument follow a word.
     *
     * @param word its four ASCII bytes as a big-endian int
     * @return −1 if it is not a word: then it is taken as a length
     */
    int argumentBytes(int word);

    /**
     * Answers a word. The connection is closed behind the answer.
     *
     * @param answer takes the whole answer, once, on any thread
     */
    void answer(int word, byte[] argument, Consumer<byte[]> answer);
}
