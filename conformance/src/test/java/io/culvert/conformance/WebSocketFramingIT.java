package io.culvert.conformance;

import static io.culvert.mqtt.wire.Statement.MQTT3_6_0_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_6_0_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_6_0_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_6_0_0_2;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.peer.Payload;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.PacketReader;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.raw.RawWebSocket;
import io.culvert.conformance.raw.WebSocketFrame;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import io.culvert.mqtt.Normative;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** MQTT packets and WebSocket frames have nothing to do with each other's borders. */
@BlackBox
class WebSocketFramingIT {

  private static final byte[] SUBACK_QOS_0 = Hex.bytes("9004 0001 00 00");
  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final byte[] PINGRESP = Hex.bytes("d000");
  private static final int MEBIBYTE = 1024 * 1024;
  private static final int FRAGMENT_BYTES = 10_000;

  private URI broker;
  private RawWebSocket webSocket;
  private PacketReader packets;
  private byte[] connect;
  private byte[] subscribe;
  private byte[] publish;

  @BeforeEach
  void upgrade(Scene scene) throws IOException {
    broker = scene.broker().webSocket();
    webSocket = scene.own(RawWebSocket.upgraded(broker));
    packets = webSocket.packets();
    connect = Hex.connect(5, scene.clientId("ws"));
    subscribe = Hex.subscribe(5, scene.topic("t"), 0);
    publish = Hex.publish(5, scene.topic("t"), Payload.of("hello").bytes());
  }

  @Test
  @Normative(MQTT5_6_0_0_2)
  void manyPacketsInOneFrame() throws IOException {
    webSocket.sendBinary(Hex.joined(connect, subscribe, publish, publish, PINGREQ));
    assertConnAck();
    assertThat(packets.next()).isEqualTo(SUBACK_QOS_0);
    assertThat(packets.next()).isEqualTo(publish);
    assertThat(packets.next()).isEqualTo(publish);
    assertThat(packets.next()).isEqualTo(PINGRESP);
  }

  @Test
  @Normative(MQTT5_6_0_0_2)
  void oneByteInEachMessage() throws IOException {
    for (byte single : Hex.joined(connect, subscribe, publish, PINGREQ)) {
      webSocket.sendBinary(new byte[] {single});
    }
    assertSubscribedAndServed();
  }

  @Test
  @Normative(MQTT5_6_0_0_2)
  void oneByteInEachFragmentOfOneMessage() throws IOException {
    byte[] all = Hex.joined(connect, subscribe, publish, PINGREQ);
    for (int i = 0; i < all.length; i++) {
      int opcode = i == 0 ? WebSocketFrame.BINARY : WebSocketFrame.CONTINUATION;
      boolean fin = i == all.length - 1;
      webSocket.send(new WebSocketFrame(fin, opcode, new byte[] {all[i]}));
    }
    assertSubscribedAndServed();
  }

  @Test
  void emptyFramesSayNothing() throws IOException {
    byte[] nothing = new byte[0];
    webSocket.sendBinary(nothing);
    webSocket.sendBinary(connect);
    webSocket.send(new WebSocketFrame(false, WebSocketFrame.BINARY, nothing));
    webSocket.send(new WebSocketFrame(false, WebSocketFrame.CONTINUATION, PINGREQ));
    webSocket.send(new WebSocketFrame(true, WebSocketFrame.CONTINUATION, nothing));
    assertConnAck();
    assertThat(packets.next()).isEqualTo(PINGRESP);
  }

  @Test
  @Normative(MQTT5_6_0_0_2)
  void aLargePacketOverManyFragments() throws IOException {
    byte[] large = Hex.publish(5, "it/nobody", Payload.noise(MEBIBYTE).bytes());
    webSocket.sendBinary(connect);
    assertConnAck();
    for (int from = 0; from < large.length; from += FRAGMENT_BYTES) {
      int to = Math.min(from + FRAGMENT_BYTES, large.length);
      int opcode = from == 0 ? WebSocketFrame.BINARY : WebSocketFrame.CONTINUATION;
      byte[] fragment = Arrays.copyOfRange(large, from, to);
      webSocket.send(new WebSocketFrame(to == large.length, opcode, fragment));
    }
    webSocket.sendBinary(PINGREQ);
    assertThat(packets.next()).isEqualTo(PINGRESP);
  }

  @Test
  void aPacketOfOneMebibyteComesBack(Scene scene) throws IOException {
    byte[] large = Hex.publish(5, scene.topic("t"), Payload.noise(MEBIBYTE).bytes());
    webSocket.sendBinary(Hex.joined(connect, subscribe));
    assertConnAck();
    assertThat(packets.next()).isEqualTo(SUBACK_QOS_0);
    webSocket.sendBinary(large);
    assertThat(Arrays.equals(packets.next(), large)).as("the same bytes").isTrue();
  }

  @Test
  void aPingBetweenFragmentsIsAnswered() throws IOException {
    webSocket.send(new WebSocketFrame(false, WebSocketFrame.BINARY, head(connect)));
    webSocket.send(WebSocketFrame.ping("still there?"));
    WebSocketFrame pong = Objects.requireNonNull(webSocket.nextFrame());
    assertThat(pong.opcode()).isEqualTo(WebSocketFrame.PONG);
    assertThat(Payload.of(pong.payload())).isEqualTo(Payload.of("still there?"));
    webSocket.send(new WebSocketFrame(true, WebSocketFrame.CONTINUATION, tail(connect)));
    assertConnAck();
  }

  @Test
  void aCloseFrameIsAnsweredWithOne() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.send(WebSocketFrame.close(1000));
    WebSocketFrame answer = Objects.requireNonNull(webSocket.nextFrame());
    assertThat(answer.opcode()).isEqualTo(WebSocketFrame.CLOSE);
    assertThat(webSocket.nextFrame()).isNull();
  }

  @Test
  void aMqttDisconnectClosesTheWebSocket() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.sendBinary(Hex.bytes("e000"));
    assertClosed();
  }

  @Test
  void aMalformedPacketIsAnsweredAndClosesTheWebSocket() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.sendBinary(Hex.bytes("36090003612f6200010078")); // QoS 3
    byte[] disconnect = Objects.requireNonNull(packets.next());
    assertThat(disconnect[0]).as("DISCONNECT").isEqualTo((byte) 0xE0);
    assertThat(disconnect[2]).as("Malformed Packet").isEqualTo((byte) 0x81);
    assertClosed();
  }

  /** MQTT5-6.0.0-1: packets travel in binary frames; a receiver closes when others come. */
  @Test
  @Normative(MQTT5_6_0_0_1)
  void aTextFrameIsRefused() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.send(WebSocketFrame.text("c000"));
    assertClosed();
  }

  @Test
  @Normative(MQTT3_6_0_0_2)
  void packetsAndFramesAreIndependentBeforeMqtt5Too(Scene scene) throws IOException {
    connect = Hex.connect(4, scene.clientId("ws3"));
    subscribe = Hex.subscribe(4, scene.topic("t"), 0);
    publish = Hex.publish(4, scene.topic("t"), Payload.of("hello").bytes());
    byte[] all = Hex.joined(connect, subscribe, publish, PINGREQ);
    int cut = connect.length + 5;
    for (byte single : Arrays.copyOf(all, cut)) {
      webSocket.sendBinary(new byte[] {single});
    }
    webSocket.sendBinary(Arrays.copyOfRange(all, cut, all.length));
    assertThat(packets.next()).isEqualTo(Hex.bytes("2002 00 00"));
    assertThat(packets.next()).isEqualTo(Hex.bytes("9003 0001 00"));
    assertThat(packets.next()).isEqualTo(publish);
    assertThat(packets.next()).isEqualTo(PINGRESP);
  }

  @Test
  @Normative(MQTT3_6_0_0_1)
  void aTextFrameIsRefusedBeforeMqtt5Too(Scene scene) throws IOException {
    webSocket.sendBinary(Hex.connect(4, scene.clientId("ws3")));
    assertThat(packets.next()).isEqualTo(Hex.bytes("2002 00 00"));
    webSocket.send(WebSocketFrame.text("c000"));
    assertClosed();
  }

  @Test
  void anUnmaskedFrameIsRefused() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.sendRaw(WebSocketFrame.binary(PINGREQ).unmasked());
    assertClosed();
  }

  /** Bytes count as they come, not as they are announced: served or closed, but no memory taken. */
  @Test
  void aFrameThatClaimsTheWholeMemoryTakesNone() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.sendRaw(Hex.bytes("82 ff 7fffffffffffffff 00000000 c000"));
    byte[] answer = packets.next();
    if (answer != null) {
      assertThat(answer).isEqualTo(PINGRESP);
    }
  }

  /** RFC 6455 §5.2: the most significant bit of the long length must be 0. */
  @Test
  void aNegativeFrameLengthIsRefused() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.sendRaw(Hex.bytes("82 ff ffffffffffffffff 00000000 c000"));
    assertClosed();
  }

  /** The broker's log is looked at when the class is done: such an end is no error of its own. */
  @RepeatedTest(50)
  void aSubscriberMayLeaveInTheMiddleOfAFlood(Scene scene) throws IOException {
    RawConnection publisher =
        scene.own(RawConnection.connected(scene.broker().mqtt(), 5, scene.clientId("pub")));
    webSocket.sendBinary(Hex.joined(connect, subscribe));
    assertConnAck();
    assertThat(packets.next()).isEqualTo(SUBACK_QOS_0);
    for (int i = 0; i < 100; i++) {
      publisher.send(publish);
      if (i == 50) {
        webSocket.send(WebSocketFrame.close(1000));
      }
    }
    while (packets.next() != null) {
      // all that was under way
    }
    webSocket.close();
    publisher.send(PINGREQ);
    assertThat(publisher.expectPacket()).isEqualTo(PINGRESP);
  }

  @Test
  void aContinuationOfNothingIsRefused() throws IOException {
    webSocket.sendBinary(connect);
    assertConnAck();
    webSocket.send(new WebSocketFrame(true, WebSocketFrame.CONTINUATION, PINGREQ));
    assertClosed();
  }

  private void assertSubscribedAndServed() throws IOException {
    assertConnAck();
    assertThat(packets.next()).isEqualTo(SUBACK_QOS_0);
    assertThat(packets.next()).isEqualTo(publish);
    assertThat(packets.next()).isEqualTo(PINGRESP);
  }

  private void assertConnAck() throws IOException {
    byte[] connAck = Objects.requireNonNull(packets.next(), "closed instead of CONNACK");
    assertThat(connAck[0]).as("CONNACK").isEqualTo((byte) 0x20);
    assertThat(connAck[3]).as("reason code").isEqualTo((byte) 0);
  }

  /** Whether with a close frame or without. */
  private void assertClosed() throws IOException {
    WebSocketFrame last = webSocket.nextFrame();
    if (last != null) {
      assertThat(last.opcode()).isEqualTo(WebSocketFrame.CLOSE);
      webSocket.send(WebSocketFrame.close(1000));
      assertThat(webSocket.nextFrame()).isNull();
    }
  }

  private static byte[] head(byte[] packet) {
    return Arrays.copyOf(packet, packet.length / 2);
  }

  private static byte[] tail(byte[] packet) {
    return Arrays.copyOfRange(packet, packet.length / 2, packet.length);
  }
}
