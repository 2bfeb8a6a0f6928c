package org.quorate.node.admin;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One command of the admin server.
 *
 * @param name its primary name
 * @param aliases other names
 * @param needsServing answers only while the server serves
 * @param runner makes the answer
 */
record Command(String name, List<String> aliases, boolean needsServing, Runner runner) {
    /** Makes the answer; may wait. */
    @FunctionalInterface
    interface Runner {
        Reply run(Map<String, String> arguments) throws IOException;
    }
}
