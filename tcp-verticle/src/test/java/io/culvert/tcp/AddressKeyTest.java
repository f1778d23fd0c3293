package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Whom limits per address are for. */
class AddressKeyTest {
  @Test
  void addressOfTheSameIpv6NetworkIsTheSame() throws Exception {
    assertThat(key("2001:db8:1:2:ffff::1"))
        .isEqualTo(key("2001:db8:1:2::5"))
        .isEqualTo("20010db800010002")
        .isNotEqualTo(key("2001:db8:1:3::5"));
  }

  @Test
  void ipv4AddressIsItself() throws Exception {
    assertThat(key("192.0.2.1")).isEqualTo("192.0.2.1").isNotEqualTo(key("192.0.2.2"));
    assertThat(key("::ffff:192.0.2.1")).isEqualTo("192.0.2.1"); // as IPv6 sockets show it
  }

  @Test
  void unknownAddressesAreOne() {
    assertThat(AddressKey.of(null)).isEmpty();
    assertThat(AddressKey.of(InetSocketAddress.createUnresolved("nowhere.example", 1))).isEmpty();
  }

  private static String key(String address) throws Exception {
    return AddressKey.of(new InetSocketAddress(InetAddress.getByName(address), 1));
  }
}
