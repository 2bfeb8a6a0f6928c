package org.quorate.node.config;

import java.util.Map;
import java.util.TreeMap;

/** Makes {@code docs/configuration.md} out of the table of settings. */
final class ReferencePage {
    private ReferencePage() {}

    static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        for (Setting.Group group : Setting.Group.values()) {
            if (group == Setting.Group.IGNORED) {
                ignored(page);
            } else {
                chapter(page, group);
            }
        }
        return page.toString();
    }

    private static void chapter(StringBuilder page, Setting.Group group) {
        page.append("\n## ").append(group.title).append("\n\n");
        page.append("| key | `-D` | default | legal | meaning | read by |\n");
        page.append("| --- | --- | --- | --- | --- | --- |\n");
        if (group == Setting.Group.ENSEMBLE) {
            page.append(MEMBERS);
        }
        for (Setting<?> setting : Settings.all()) {
            if (setting.group() == group) {
                row(page, setting);
            }
        }
        if (group == Setting.Group.TLS) {
            page.append(TLS.formatted(String.join("`, `", TlsKeys.SUFFIXES)));
        }
    }

    private static void row(StringBuilder page, Setting<?> setting) {
        String properties =
                setting.isFileOnly() ? "–" : "`" + String.join("`, `", setting.properties()) + "`";
        String key = setting.inFile() ? "`" + setting.key() + "`" : "–";
        String standing =
                setting.defaultText().isEmpty() ? "–" : "`%s`".formatted(setting.defaultText());
        page.append(
                "| %s | %s | %s | %s | %s | %s |\n"
                        .formatted(
                                key,
                                properties,
                                standing,
                                setting.type().legal().replace("|", "\\|"),
                                setting.meaning(),
                                setting.readBy()));
    }

    private static void ignored(StringBuilder page) {
        page.append(IGNORED);
        Map<String, StringBuilder> byReason = new TreeMap<>();
        IgnoredKeys.all()
                .forEach((key, why) ->
                        byReason.computeIfAbsent(why, w -> new StringBuilder())
                                .append(", `")
                                .append(key)
                                .append('`'));
        byReason.forEach(
                (why, keys) -> page.append("| %s | %s |\n".formatted(why, keys.substring(2))));
    }

    private static final String HEAD =
            """
            # Configuration

            <!-- Made from the table in the code (org.quorate.node.config.Settings) by
                 ConfigurationPageTest; change it there. -->

            `./quorate serve` without an argument serves on loopback, port 2181, with its data in
            `./quorate-data`. `./quorate serve /path/to/zoo.cfg` obeys a configuration of ZooKeeper:

            - The file is in the syntax of Java properties. A key that is told there beats the same
              setting told by `-D`.
            - Keys without a name in the column `-D` can only stand in the file. Those without a key
              can only be told by `-D` (as in ZooKeeper, where they have no effect in a file).
            - A value that is not legal stops the start with one line that names key, value and what
              would be legal. A key that nothing reads is warned about.
            - Passwords of keys and certificates are read from the file that `…passwordPath` names.

            Defaults are those of ZooKeeper 3.9 except where it says otherwise.
            """;

    private static final String MEMBERS =
            """
            | `server.N` | – | – | host:quorumPort:electionPort[:participant\\|observer][;[clientHost:]clientPort] | A member; N is its `myid`, 0 to 255. With a client port here `clientPort` can be left out. | ensemble |
            | `group.N`, `weight.N` | – | – | ids separated by colons; a number | Hierarchical quorums. | ensemble |
            """;

    private static final String TLS =
            """

            Stores, protocols and what is checked, each with the prefix `ssl.` for clients and
            `ssl.quorum.` for servers ([security.md](security.md) says what they do):
            `%s`.
            """;

    private static final String IGNORED =
            """

            ## Accepted and ignored

            These tune machinery of ZooKeeper that Quorate does not have. One line in the log names
            those that were told.

            | what they tune | keys |
            | --- | --- |
            """;
}
