package org.quorate.cli.fuzz;

import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.sasl.SaslException;
import org.quorate.net.sasl.LoginFailure;
import org.quorate.net.sasl.PrincipalNames;
import org.quorate.net.sasl.SaslAcceptor;

/** Tokens of one client that proves itself by DIGEST-MD5. */
public final class SaslFuzz {
    private static final String SECTION = "Fuzz";
    private static final SaslAcceptor ACCEPTOR = acceptor();

    private SaslFuzz() {}

    private static SaslAcceptor acceptor() {
        Configuration.setConfiguration(
                new Configuration() {
                    @Override
                    public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                        return new AppConfigurationEntry[] {
                            new AppConfigurationEntry(
                                    "org.apache.zookeeper.server.auth.DigestLoginModule",
                                    LoginModuleControlFlag.REQUIRED,
                                    Map.of("user_bob", "secret"))
                        };
                    }
                });
        try {
            return SaslAcceptor.forClients(
                    SECTION, null, new PrincipalNames("DEFAULT", false, false), 60_000);
        } catch (LoginFailure e) {
            throw new IllegalStateException(e);
        } finally {
            Configuration.setConfiguration(null); // as it was: others in this JVM have none
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        Pieces tokens = new Pieces(data);
        try {
            SaslAcceptor.Conversation conversation = ACCEPTOR.begin();
            while (tokens.hasNext() && !conversation.isComplete()) {
                conversation.answer(tokens.next());
            }
            if (conversation.isComplete()) {
                throw new IllegalStateException("somebody is " + conversation.name());
            }
        } catch (SaslException e) {
            return; // refused
        }
    }
}
