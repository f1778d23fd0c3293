package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
  @ParameterizedTest
  @CsvSource({
    "mqtt://h, mqtt://h:1883",
    "h, mqtt://h:1883",
    "h:5, mqtt://h:5",
    "tcp://h:5/, mqtt://h:5",
    "mqtts://h, mqtts://h:8883",
    "ssl://h, mqtts://h:8883",
    "ws://h, ws://h:80/mqtt",
    "wss://h/, wss://h:443/",
    "ws://h:8083/a/b?c=d, ws://h:8083/a/b?c=d",
    "mqtt://[::1]:7, mqtt://[::1]:7",
    "unix:/run/s, unix:/run/s",
    "unix:///run/s, unix:/run/s",
  })
  void isRead(String text, String complete) {
    ServerAddress address = ServerAddress.parse(text);
    assertThat(address).hasToString(complete);
    assertThat(ServerAddress.parse(complete)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mqtt://",
        "http://h",
        "mqtt://h:0",
        "mqtt://h:65536",
        "mqtt://u:p@h",
        "mqtt://h/path",
        "unix:",
        "mqtt://a b",
        "mqtt://h#f"
      })
  void isRefused(String text) {
    assertThatThrownBy(() -> ServerAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "mqtt://a:5, b, mqtt://b:1883",
    "mqtt://a:5, b:6, mqtt://b:6",
    "mqtts://a:5, b:6 c:7, mqtts://b:6",
    "wss://a/x, b, wss://b:443/x",
    "mqtt://a, [::1]:9, mqtt://[::1]:9",
    "mqtt://a, mqtts://b, mqtts://b:8883",
  })
  void aReferenceIsReachedAsTheServerThatMadeIt(String from, String reference, String to) {
    assertThat(ServerAddress.parse(from).referred(reference)).hasToString(to);
  }
}
