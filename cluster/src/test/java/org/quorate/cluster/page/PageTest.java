package org.quorate.cluster.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.cluster.testing.Service;

/** docs/cluster.md shows what compiles, and nothing else; and its first steps can be taken. */
class PageTest {
    private static final Path SOURCES = Path.of("src/test/java/org/quorate/cluster");
    private static final List<String> WITH_SNIPPETS =
            List.of("page/FirstSteps.java", "page/PartSnippets.java", "shard/Snippets.java");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

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
    void everyExampleOnThePageIsCompiledAndEveryCompiledOneIsOnThePage() throws Exception {
        List<String> compiled = new ArrayList<>();
        for (String file : WITH_SNIPPETS) {
            compiled.addAll(snippets(Files.readAllLines(SOURCES.resolve(file))));
        }
        List<String> shown = new ArrayList<>();
        Matcher matcher = JAVA.matcher(Files.readString(Path.of("../docs/cluster.md")));
        while (matcher.find()) {
            shown.add(matcher.group(1));
        }
        compiled.replaceAll(PageTest::inOrder);
        shown.replaceAll(PageTest::inOrder);
        assertThat(shown).containsExactlyInAnyOrderElementsOf(compiled);
    }

    /** With its imports in one order: that belongs to the formatter. */
    private static String inOrder(String snippet) {
        Map<Boolean, List<String>> lines =
                snippet.lines().collect(Collectors.partitioningBy(l -> l.startsWith("import ")));
        String imports = lines.get(true).stream().sorted().collect(Collectors.joining("\n"));
        return imports + String.join("\n", lines.get(false)).strip();
    }

    @Test
    @Timeout(60)
    void theFirstStepsEndWithARefusedWrite() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            FirstSteps.main(new String[] {Service.connectString()});
        } finally {
            System.setOut(before);
        }
        assertThat(said.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.contains("wrote") || line.startsWith("refused"))
                .satisfiesExactly(
                        first -> assertThat(first).endsWith(" wrote under epoch e1"),
                        then -> assertThat(then).endsWith(" wrote under epoch e2"),
                        last -> assertThat(last).startsWith("refused: "));
    }

    @Test
    void theSimulatedExampleElectsAgainWhileOneIsPaused() throws Exception {
        assertThat(PartSnippets.simulated(7)).isGreaterThan(1);
    }
}
