package io.culvert.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine.Status;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every packet in every state and version: what is welcome, and how the rest is refused. */
class StateTableTest {
  private static final Set<PacketType> WELCOME_WHEN_CONNECTED =
      EnumSet.of(
          PacketType.PUBLISH,
          PacketType.PUBACK,
          PacketType.PUBREC,
          PacketType.PUBREL,
          PacketType.PUBCOMP,
          PacketType.SUBACK,
          PacketType.UNSUBACK,
          PacketType.PINGRESP,
          PacketType.DISCONNECT,
          PacketType.AUTH);

  enum Stage {
    BEFORE_CONNECT,
    CONNECTING,
    CONNECTED,
    ENDED
  }

  static List<Arguments> table() {
    List<Arguments> all = new ArrayList<>();
    for (MqttVersion version : MqttVersion.values()) {
      for (Stage stage : Stage.values()) {
        for (PacketType type : PacketType.values()) {
          all.add(Arguments.of(version, stage, type));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("table")
  void packet(MqttVersion version, Stage stage, PacketType type) {
    ScriptedServer server = in(stage, version);

    server.sends(bytes(type, version));

    List<ClientEvent> events = server.events();
    List<MqttPacket> sent = server.sent();
    if (stage == Stage.ENDED) {
      assertThat(events).isEmpty();
      assertThat(sent).isEmpty();
    } else if (isWelcome(version, stage, type)) {
      assertThat(events)
          .noneMatch(e -> e instanceof ClientEvent.Disconnected end && end.violation() != null);
    } else {
      assertThat(events).hasSize(1);
      ClientEvent.Disconnected end = (ClientEvent.Disconnected) events.get(0);
      assertThat(end.cause()).isEqualTo(DisconnectCause.VIOLATION);
      assertThat(end.violation()).isNotNull();
      assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
      boolean mayTell = version.isMqtt5() && stage != Stage.BEFORE_CONNECT;
      assertThat(sent)
          .isEqualTo(
              mayTell ? List.of(new Disconnect(end.reasonCode(), Properties.EMPTY)) : List.of());
    }
  }

  private static boolean isWelcome(MqttVersion version, Stage stage, PacketType type) {
    boolean five = version.isMqtt5();
    return switch (stage) {
      case BEFORE_CONNECT, ENDED -> false;
      case CONNECTING -> type == PacketType.CONNACK || (type == PacketType.AUTH && five);
      case CONNECTED ->
          WELCOME_WHEN_CONNECTED.contains(type)
              && (five || (type != PacketType.DISCONNECT && type != PacketType.AUTH));
    };
  }

  /** Where all is open that the packets below refer to. */
  private static ScriptedServer in(Stage stage, MqttVersion version) {
    ScriptedServer server = ScriptedServer.fresh();
    if (stage == Stage.BEFORE_CONNECT) {
      return server;
    }
    server.connect(o -> o.version(version).authentication("M", Bytes.utf8("1")));
    if (stage == Stage.CONNECTED || stage == Stage.ENDED) {
      server.accept(false, version.isMqtt5() ? method() : Properties.EMPTY);
      assertThat(server.publish("a", QoS.AT_LEAST_ONCE)).isEqualTo(1);
      assertThat(server.publish("a", QoS.EXACTLY_ONCE)).isEqualTo(2);
      assertThat(SubscribeTest.subscribe(server, "a")).isEqualTo(3);
      assertThat(SubscribeTest.unsubscribe(server, "a")).isEqualTo(4);
      assertThat(server.publish("a", QoS.EXACTLY_ONCE)).isEqualTo(5);
      server.sends(PubRec.of(5));
      if (version.isMqtt5()) {
        server.client.auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY, server.now);
      }
    }
    if (stage == Stage.ENDED) {
      server.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, server.now);
    }
    server.sent();
    server.events();
    return server;
  }

  private static Bytes bytes(PacketType type, MqttVersion version) {
    if (type == PacketType.AUTH && !version.isMqtt5()) {
      return Bytes.hex("f000");
    }
    return Wire.encode(packet(type, version), version);
  }

  private static MqttPacket packet(PacketType type, MqttVersion version) {
    boolean five = version.isMqtt5();
    return switch (type) {
      case CONNECT -> new Connect(version, true, 0, "c", null, null, null, Properties.EMPTY);
      case CONNACK -> new ConnAck(false, ReasonCode.SUCCESS, five ? method() : Properties.EMPTY);
      case PUBLISH -> ScriptedServer.message("a", QoS.EXACTLY_ONCE, 9);
      case PUBACK -> PubAck.of(1);
      case PUBREC -> PubRec.of(2);
      case PUBREL -> PubRel.of(9);
      case PUBCOMP -> PubComp.of(5);
      case SUBSCRIBE -> new Subscribe(1, SubscribeTest.entries("a"), Properties.EMPTY);
      case SUBACK -> SubscribeTest.subAck(3, ReasonCode.SUCCESS);
      case UNSUBSCRIBE -> new Unsubscribe(1, List.of("a"), Properties.EMPTY);
      case UNSUBACK -> SubscribeTest.unsubAck(4, ReasonCode.SUCCESS);
      case PINGREQ -> PingReq.INSTANCE;
      case PINGRESP -> PingResp.INSTANCE;
      case DISCONNECT -> Disconnect.NORMAL;
      case AUTH -> new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method());
    };
  }

  private static Properties method() {
    return Properties.builder().put(Property.AUTHENTICATION_METHOD, "M").build();
  }
}
