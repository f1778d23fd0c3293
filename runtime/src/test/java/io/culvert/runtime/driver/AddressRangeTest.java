package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are trusted. */
class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.7, 10.0.0.7, true",
    "10.0.0.7, 10.0.0.6, false",
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.128/25, 10.0.0.127, false",
    "10.0.0.128/25, 10.0.0.128, true",
    "10.0.0.7/0, 1.2.3.4, true",
    "0.0.0.0/0, ::1, false",
    "::1, ::1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "127.0.0.1/31, 127.0.0.0, true",
  })
  void bitsOfThePrefixCount(String range, String address, boolean isIn) throws Exception {
    assertThat(AddressRange.parse(range).contains(socket(address))).isEqualTo(isIn);
  }

  @Test
  void ipv4AddressIsOneInAnIpv6SocketToo() throws Exception {
    byte[] mapped = InetAddress.getByName("::1").getAddress();
    mapped[10] = -1;
    mapped[11] = -1;
    mapped[12] = 10;
    var address = Inet6Address.getByAddress(null, mapped, -1);
    assertThat(AddressRange.parse("10.0.0.0/16").contains(new InetSocketAddress(address, 1)))
        .isTrue();
  }

  @Test
  void whatIsNoIpAddressIsInNone() {
    AddressRange all = AddressRange.parse("0.0.0.0/0");
    assertThat(all.contains(UnixDomainSocketAddress.of("/tmp/s"))).isFalse();
    assertThat(all.contains(InetSocketAddress.createUnresolved("localhost", 1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "::1/129",
        "10.0.0.0/8/8",
        "/8"
      })
  void whatIsNoRangeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse(text));
  }

  private static InetSocketAddress socket(String address) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(address), 1);
  }
}
