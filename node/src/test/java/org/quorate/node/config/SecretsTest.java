package org.quorate.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {
    @Test
    void noSecretOfAFileIsShown() {
        String shown =
                Secrets.shown(
                        """
                        # a comment: about a password
                        clientPort=2181
                        ssl.keyStore.password=hush1
                        ssl.quorum.trustStore.password : hush2
                        ssl.trustStore.password hush3
                          admin.console.passwordHash=hush4
                        DigestAuthenticationProvider.superDigest=super:hush5
                        ssl.keyStore.passwordPath=/etc/secret
                        """);
        assertThat(shown)
                .doesNotContain("hush")
                .contains("clientPort=2181\n", "passwordPath=/etc/secret\n", "about a password\n")
                .contains("ssl.keyStore.password=(hidden)\n");
    }

    @Test
    void noSecretOfAPropertyIsShown() {
        assertThat(Secrets.shown("zookeeper.ssl.keyStore.password", "hush")).isEqualTo("(hidden)");
        assertThat(Secrets.shown("javax.net.ssl.trustStorePassword", "hush")).isEqualTo("(hidden)");
        assertThat(Secrets.shown("user.name", "ann")).isEqualTo("ann");
    }
}
