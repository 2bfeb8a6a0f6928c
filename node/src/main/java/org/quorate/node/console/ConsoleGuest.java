package org.quorate.node.console;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Answers questions of the console that the server itself does not understand: what is built on it
 * (decision 172). Called on threads that may wait, by several at once. Who may look or change is
 * decided before it is asked.
 */
public interface ConsoleGuest {
    /** Knows nothing. */
    ConsoleGuest NONE =
            new ConsoleGuest() {
                @Override
                public @Nullable Object ask(String question, Map<String, String> query) {
                    return null;
                }

                @Override
                public @Nullable Object change(String change, JsonNode wanted) {
                    return null;
                }
            };

    /**
     * Answers a question.
     *
     * @param question what stands behind {@code /console/api/}
     * @return maps, lists, texts and numbers; null if there is no such question
     * @throws IllegalArgumentException if it cannot be answered as it is asked, and why
     * @throws IOException if it cannot be answered now, and why
     */
    @Nullable Object ask(String question, Map<String, String> query) throws IOException;

    /**
     * Carries out what an operator who has signed in wants.
     *
     * @return what to answer; null if there is no such change
     * @throws IllegalArgumentException if it cannot be done, and why
     * @throws IOException if it cannot be done now, and why
     */
    @Nullable Object change(String change, JsonNode wanted) throws IOException;
}
