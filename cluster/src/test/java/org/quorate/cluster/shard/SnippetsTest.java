package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page shows what compiles: {@link Snippets}. */
class SnippetsTest {
    private static List<String> snippets(List<String> source) {
        List<String> snippets = new ArrayList<>();
        StringBuilder open = null;
        int indent = 0;
        for (String line : source) {
            if (line.strip().startsWith("// snippet:")) {
                open = new StringBuilder();
                indent = line.indexOf("//");
            } else if (open != null && line.strip().equals("// end")) {
                snippets.add(open.toString().strip());
                open = null;
            } else if (open != null) {
                open.append(line.substring(Math.min(indent, line.length()))).append('\n');
            }
        }
        return snippets;
    }

    @Test
    void thePageShowsTheSnippetsAsTheyAreCompiled() throws Exception {
        Path source = Path.of("src/test/java/org/quorate/cluster/shard/Snippets.java");
        String page = Files.readString(Path.of("../docs/cluster.md"));
        List<String> snippets = snippets(Files.readAllLines(source));
        assertThat(snippets).hasSize(6);
        assertThat(page).contains(snippets.toArray(new String[0]));
    }
}
