package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.quorate.node.config.ZooCfg;

/** What is worked out from the configuration when the parts are joined. */
class PartsTest {
    @Test
    void theCoreWakesAsOftenAsContainersAreToBeLookedAt() throws Exception {
        assertThat(sleepMillis("60000")).isBetween(10, 100);
        assertThat(sleepMillis("5")).isEqualTo(5);
        assertThat(sleepMillis("1")).isEqualTo(1);
    }

    private static int sleepMillis(String containerCheckMillis) throws Exception {
        Properties system = new Properties();
        system.setProperty("znode.container.checkIntervalMs", containerCheckMillis);
        return Parts.sleep(ZooCfg.embedded(Path.of("unused"), system, warning -> {}));
    }
}
