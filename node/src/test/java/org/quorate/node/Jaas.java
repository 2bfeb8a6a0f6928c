package org.quorate.node;

import java.util.HashMap;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import org.jspecify.annotations.Nullable;

/** The JAAS configuration of this JVM, which there is but one of, for the time of a test. */
public final class Jaas extends Configuration implements AutoCloseable {
    private static final String DIGEST = "org.apache.zookeeper.server.auth.DigestLoginModule";

    private final Map<String, AppConfigurationEntry[]> sections = new HashMap<>();

    public Jaas() {
        Configuration.setConfiguration(this);
    }

    /** A section of ZooKeeper's DIGEST-MD5: names and values in turn. */
    public Jaas digest(String section, String... options) {
        return section(section, DIGEST, options);
    }

    /** A section of one module: names and values in turn. */
    public Jaas section(String section, String module, String... options) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        sections.put(
                section,
                new AppConfigurationEntry[] {
                    new AppConfigurationEntry(module, LoginModuleControlFlag.REQUIRED, map)
                });
        return this;
    }

    @Override
    public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
        return sections.get(name);
    }

    /** There is none any more. */
    @Override
    public void close() {
        Configuration.setConfiguration(null);
    }
}
