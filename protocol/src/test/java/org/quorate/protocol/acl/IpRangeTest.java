package org.quorate.protocol.acl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpRangeTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "10.1.2.3, 10.0.0.0/8, true",
        "11.1.2.3, 10.0.0.0/8, false",
        "10.1.2.3, 10.1.2.0/25, true",
        "10.1.2.200, 10.1.2.0/25, false",
        "1.2.3.4, 0.0.0.0/0, true",
        "::1, 0.0.0.0/0, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "fe80:0:0:0:0:0:0:1%eth0, fe80::/10, true",
        "2001:db8::5, 2001:db8::/32, true",
        "2001:db9::5, 2001:db8::/32, false",
        "::ffff:1.2.3.4, ::ffff:102:304, true",
    })
    void anAddressMatchesByItsLeadingBits(String address, String range, boolean matches) {
        assertThat(IpRange.matches(address, range)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.2.3.4", "1.2.3.4/0", "1.2.3.4/32", "::", "::/128", "a:b:c:d:e:f:0:1"})
    void rangesThatAnAclMayName(String range) {
        assertThat(IpRange.isValid(range)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1",
                        "localhost",
                "1.2.3.x", "::/129", "1::2::3", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                        "::1:", "1.2.3.4/a"
            })
    void whatIsNoRange(String range) {
        assertThat(IpRange.isValid(range)).isFalse();
        assertThat(IpRange.matches("1.2.3.4", range)).isFalse();
    }
}
