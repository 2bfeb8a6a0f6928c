package org.quorate.net.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import javax.security.sasl.SaslException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What principals are called in access lists. */
class PrincipalNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // rules | host goes | realm goes | principal | name
                "DEFAULT|false|false|bob|bob",
                "DEFAULT|true|true|a/b/c|a/b/c",
                "RULE:[1:$1]|false|false|bob@R.ORG|bob@R.ORG",
                "RULE:[1:$1]|false|true|bob@R.ORG|bob",
                "RULE:[2:$1]|false|false|zk/host@R.ORG|zk/host@R.ORG",
                "RULE:[2:$1]|true|false|zk/host@R.ORG|zk@R.ORG",
                "RULE:[2:$1]|true|true|zk/host@R.ORG|zk",
                "RULE:[2:$2](h.*)|true|true|zk/host@R.ORG|host",
                "RULE:[2:$1@$0](.*@R\\.ORG)s/@.*//|true|true|zk/host@R.ORG|zk",
                "RULE:[1:$1]s/o/0/|true|true|book@R.ORG|b0ok",
                "RULE:[1:$1]s/o/0/g|true|true|book@R.ORG|b00k",
                "RULE:[1:$1](x.*) RULE:[1:y$1]|true|true|book@R.ORG|ybook",
            })
    void theRulesAndTheSwitchesSayWhatAPrincipalIsCalled(
            String rules, boolean host, boolean realm, String principal, String name)
            throws SaslException {
        assertThat(new PrincipalNames(rules, host, realm).of(principal)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RULE:[2:$1]",
                "RULE:[1:$1](x)",
                "RULE:[1:$3]",
                "RULE:[1:$1@$0]",
                "RULE:[1:a/$1]",
            })
    void whomNoRuleNamesHasNone(String rules) throws SaslException {
        assertThat(new PrincipalNames(rules, true, true).of("bob@R.ORG")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a@b@c", "a/b/c@R.ORG", "a@b/c"})
    void whatIsNoPrincipalIsRefused(String principal) {
        PrincipalNames names = new PrincipalNames(PrincipalNames.DEFAULT_RULES, false, false);
        assertThatThrownBy(() -> names.of(principal)).isInstanceOf(SaslException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RULE", "RULE:[x:$1]", "RULE:[1:$1](", "RULE:[1:$1](()", "DEFAULT x"})
    void whatIsNoRuleIsRefused(String rules) {
        assertThatThrownBy(() -> new PrincipalNames(rules, false, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thereMayBeNoRulesAtAll() throws SaslException {
        assertThat(new PrincipalNames("", false, false).of("bob")).isEqualTo("bob");
        assertThat(new PrincipalNames("", false, false).of("bob@R.ORG")).isNull();
    }
}
