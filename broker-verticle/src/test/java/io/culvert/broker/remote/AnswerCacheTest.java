package io.culvert.broker.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.auth.LoginRequest;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.runtime.driver.Peer;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of answers, and for how long, in virtual time. */
class AnswerCacheTest {
  private static final JsonObject ALLOW = new JsonObject().put("result", "allow");

  private long nanos = Long.MAX_VALUE - 5; // it may overflow
  private final AnswerCache cache = new AnswerCache(2, 1000, () -> nanos);

  @Test
  void answerIsForgottenAfterItsTime() {
    cache.put(request("ann", "x", 1), ALLOW);
    nanos += TimeUnit.MILLISECONDS.toNanos(1000);
    assertThat(cache.find(request("ann", "x", 1))).isEqualTo(ALLOW);
    nanos++;
    assertThat(cache.find(request("ann", "x", 1))).isNull();
  }

  @Test
  void otherQuestionsAreNotAnsweredByIt() {
    cache.put(request("ann", "x", 1), ALLOW);
    assertThat(cache.find(request("ann", "x", 2))).as("another port").isEqualTo(ALLOW);
    assertThat(cache.find(request("ann", "y", 1))).isNull();
    assertThat(cache.find(request("bob", "x", 1))).isNull();
    assertThat(cache.find(request("annx", "", 1))).isNull();
  }

  @Test
  void oldestIsForgottenWhereThereAreTooMany() {
    cache.put(request("a", "x", 1), ALLOW);
    cache.put(request("b", "x", 1), ALLOW);
    cache.put(request("a", "x", 1), ALLOW); // again
    cache.put(request("c", "x", 1), ALLOW);
    assertThat(cache.find(request("b", "x", 1))).isNull();
    assertThat(cache.find(request("a", "x", 1))).isNotNull();
    assertThat(cache.find(request("c", "x", 1))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"result\":\"deny\"}",
        "{\"result\":\"ignore\"}",
        "{\"result\":\"allow\",\"expires-in-seconds\":60}"
      })
  void answerThatMayChangeIsNotRemembered(String answer) {
    cache.put(request("ann", "x", 1), new JsonObject(answer));
    assertThat(cache.find(request("ann", "x", 1))).isNull();
  }

  private static LoginRequest request(String user, String password, int port) {
    return new LoginRequest(
        "c", user, Bytes.utf8(password), MqttVersion.MQTT_5, null, new At(port));
  }

  private record At(int port) implements Peer {
    @Override
    public String transport() {
      return "tcp";
    }

    @Override
    public SocketAddress remote() {
      return new InetSocketAddress("127.0.0.1", port);
    }

    @Override
    public SocketAddress local() {
      return new InetSocketAddress("127.0.0.1", 1883);
    }
  }
}
