package io.culvert.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.PeerCredentials;
import io.vertx.core.json.JsonObject;
import java.net.SocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users by the user ids of their processes. */
class UnixAuthenticatorTest {
  private final UnixAuthenticator unix = new UnixAuthenticator(Map.of(1000L, "ann"));

  @Test
  void processOfAUserIsLetInAndOthersAreSomebodyElsesBusiness() {
    assertThat(unix.atOnce(request(new PeerCredentials(1000, 5, 7))))
        .isEqualTo(Verdict.accepted("ann"));
    assertThat(unix.atOnce(request(new PeerCredentials(0, 0, 7)))).isEqualTo(Verdict.NO_OPINION);
    assertThat(unix.atOnce(request(null))).isEqualTo(Verdict.NO_OPINION);
  }

  @ParameterizedTest
  @CsvSource({
    "ann, is not of the form ID=USER",
    "ann=1000, is not of the form ID=USER",
    "1000=, is not of the form ID=USER",
    "'1=a,1=b', names user id 1 twice"
  })
  void whatNamesNobodyStopsTheStart(String users, String text) {
    JsonObject auth = new JsonObject().put("unix-users", users);
    assertThatThrownBy(() -> BrokerOptions.parse(new JsonObject().put("auth", auth)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("auth.unix-users")
        .hasMessageContaining(text);
  }

  private static LoginRequest request(PeerCredentials credentials) {
    return new LoginRequest("c", null, null, MqttVersion.MQTT_5, null, new At(credentials));
  }

  private record At(PeerCredentials credentials) implements Peer {
    @Override
    public String transport() {
      return "unix";
    }

    @Override
    public SocketAddress remote() {
      return null;
    }

    @Override
    public SocketAddress local() {
      return null;
    }
  }
}
