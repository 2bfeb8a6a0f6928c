package org.quorate.node.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The table of all keys that the server reads: the reader of {@code zoo.cfg} and the reference page
 * {@code docs/configuration.md} both come from it. Each chapter of the page has its class. Keys,
 * defaults and meanings are those of ZooKeeper 3.9 (reference: administration §1) unless the
 * chapter says otherwise. Immutable.
 */
final class Settings {
    private static final List<Setting<?>> ALL =
            Stream.of(
                            ClientSettings.all(),
                            TimeSettings.all(),
                            LimitSettings.all(),
                            StorageSettings.all(),
                            EnsembleSettings.all(),
                            BehaviourSettings.all(),
                            AuthenticationSettings.all(),
                            TlsSettings.all(),
                            AdminSettings.all(),
                            ShareSettings.all(),
                            OwnSettings.all())
                    .<Setting<?>>flatMap(List::stream)
                    .toList();

    private Settings() {}

    /** All settings in the order of the table. */
    static List<Setting<?>> all() {
        return ALL;
    }
}
