package io.culvert.conformance;

import static io.culvert.mqtt.wire.Statement.MQTT3_6_0_0_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_6_0_0_4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.conformance.raw.RawWebSocket;
import io.culvert.conformance.raw.RawWebSocket.Answer;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import io.culvert.mqtt.Normative;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets a WebSocket, and who gets an HTTP error that says why. */
@BlackBox
class WebSocketHandshakeIT {

  private static final String PROTOCOL_MQTT = "Sec-WebSocket-Protocol: mqtt";

  @Test
  @Normative({MQTT5_6_0_0_4, MQTT3_6_0_0_4})
  void theSubprotocolMqttIsAgreedOn(Scene scene) throws IOException {
    Answer answer = handshake(scene, scene.broker().webSocket(), PROTOCOL_MQTT);
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.headers())
        .containsEntry("sec-websocket-protocol", "mqtt")
        .containsEntry("sec-websocket-accept", RawWebSocket.ACCEPT);
  }

  @Test
  @Normative({MQTT5_6_0_0_4, MQTT3_6_0_0_4})
  void mqttIsChosenAmongOthers(Scene scene) throws IOException {
    Answer answer =
        handshake(scene, scene.broker().webSocket(), "Sec-WebSocket-Protocol: wamp, mqtt");
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.headers()).containsEntry("sec-websocket-protocol", "mqtt");
  }

  @Test
  void anotherSubprotocolIsNotAgreedOn(Scene scene) throws IOException {
    Answer answer = handshake(scene, scene.broker().webSocket(), "Sec-WebSocket-Protocol: wamp");
    assertThat(answer.headers()).doesNotContainKey("sec-websocket-protocol");
    onlyPromisedByCulvert(scene);
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void anotherPathIsNotFound(Scene scene) throws IOException {
    onlyPromisedByCulvert(scene);
    URI elsewhere = scene.broker().webSocket().resolve("/elsewhere");
    assertThat(handshake(scene, elsewhere, PROTOCOL_MQTT).status()).isEqualTo(404);
  }

  @Test
  void aPageOfTheSameOriginIsServed(Scene scene) throws IOException {
    URI broker = scene.broker().webSocket();
    String origin = "Origin: http://" + broker.getAuthority();
    assertThat(handshake(scene, broker, PROTOCOL_MQTT, origin).status()).isEqualTo(101);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "http://127.0.0.1.evil.example"})
  void aPageOfAnotherOriginIsRefused(String origin, Scene scene) throws IOException {
    onlyPromisedByCulvert(scene);
    Answer answer =
        handshake(scene, scene.broker().webSocket(), PROTOCOL_MQTT, "Origin: " + origin);
    assertThat(answer.status()).isEqualTo(403);
  }

  private static Answer handshake(Scene scene, URI uri, String... headerLines) throws IOException {
    return scene.own(RawWebSocket.open(uri)).handshake(uri, headerLines);
  }

  private static void onlyPromisedByCulvert(Scene scene) {
    assumeTrue(
        scene.broker().isCulvert(), "not Culvert: the system properties name another broker");
  }
}
