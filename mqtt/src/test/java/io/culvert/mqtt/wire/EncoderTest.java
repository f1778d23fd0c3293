package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.MqttVersion.MQTT_3_1;
import static io.culvert.mqtt.wire.MqttVersion.MQTT_3_1_1;
import static io.culvert.mqtt.wire.MqttVersion.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncoderTest {
  private static final Properties REASON =
      Properties.builder().put(Property.REASON_STRING, "why").build();

  @Test
  @Scenario({16, 26})
  void shortFormsWhereThereIsNothingToSay() {
    List<IntFunction<MqttPacket>> acks = List.of(PubAck::of, PubRec::of, PubRel::of, PubComp::of);
    for (IntFunction<MqttPacket> ack : acks) {
      assertThat(hex(ack.apply(10), MQTT_5)).endsWith("02000a");
      assertThat(hex(ack.apply(10), MQTT_3_1_1)).isEqualTo(hex(ack.apply(10), MQTT_5));
    }
    assertThat(hex(new PubAck(1, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY), MQTT_5))
        .isEqualTo("4003000187");
    assertThat(hex(new PubAck(1, ReasonCode.SUCCESS, REASON), MQTT_5))
        .isEqualTo("400a000100061f0003776879");
    assertThat(hex(Disconnect.NORMAL, MQTT_5)).isEqualTo("e000");
    assertThat(hex(new Disconnect(ReasonCode.SERVER_BUSY, Properties.EMPTY), MQTT_5))
        .isEqualTo("e00189");
    assertThat(hex(new Auth(ReasonCode.SUCCESS, Properties.EMPTY), MQTT_5)).isEqualTo("f000");
    assertThat(hex(new Auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY), MQTT_5))
        .isEqualTo("f0021900");
  }

  @Test
  void beforeMqtt5NothingOfItIsWritten() {
    assertThat(hex(new PubAck(1, ReasonCode.NOT_AUTHORIZED, REASON), MQTT_3_1_1))
        .isEqualTo("40020001");
    assertThat(hex(new Disconnect(ReasonCode.SERVER_BUSY, REASON), MQTT_3_1_1)).isEqualTo("e000");
    assertThat(hex(new ConnAck(false, ReasonCode.BANNED, REASON), MQTT_3_1_1))
        .isEqualTo("20020005");
    assertThat(hex(new ConnAck(true, ReasonCode.SUCCESS, Properties.EMPTY), MQTT_3_1_1))
        .isEqualTo("20020100");
    assertThat(hex(new ConnAck(true, ReasonCode.SUCCESS, Properties.EMPTY), MQTT_3_1))
        .isEqualTo("20020000");
    List<ReasonCode> codes =
        List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED, ReasonCode.QUOTA_EXCEEDED);
    assertThat(hex(new SubAck(1, codes, REASON), MQTT_3_1_1)).isEqualTo("90050001018080");
    assertThat(hex(new UnsubAck(1, List.of(ReasonCode.SUCCESS), REASON), MQTT_3_1_1))
        .isEqualTo("b0020001");
    SubscriptionOptions options =
        new SubscriptionOptions(QoS.AT_LEAST_ONCE, true, true, RetainHandling.DO_NOT_SEND);
    Subscribe subscribe =
        new Subscribe(1, List.of(new Subscribe.Entry("a", options)), Properties.EMPTY);
    assertThat(hex(subscribe, MQTT_3_1_1)).isEqualTo("8206000100016101");
    assertThat(hex(subscribe, MQTT_5)).isEqualTo("82070001000001612d");
  }

  @Test
  @Normative({Statement.MQTT3_3_9_3_2, Statement.MQTT3_3_8_4_5})
  void subAckBeforeMqtt5KnowsOneFailure() {
    for (ReasonCode code : ReasonCode.values()) {
      if (code.allowedIn(PacketType.SUBACK) && code.isError()) {
        SubAck subAck = new SubAck(1, List.of(code), Properties.EMPTY);
        assertThat(hex(subAck, MQTT_3_1_1)).isEqualTo("9003000180");
      }
    }
  }

  @Test
  @Scenario(17)
  void packetsCannotBeBuiltWithForeignReasonCodes() {
    Properties none = Properties.EMPTY;
    assertRefused(() -> new PubAck(1, ReasonCode.GRANTED_QOS_1, none));
    assertRefused(() -> new PubRec(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, none));
    assertRefused(() -> new PubRel(1, ReasonCode.UNSPECIFIED_ERROR, none));
    assertRefused(() -> new PubComp(1, ReasonCode.NO_MATCHING_SUBSCRIBERS, none));
    assertRefused(() -> new ConnAck(false, ReasonCode.SESSION_TAKEN_OVER, none));
    assertRefused(() -> new Disconnect(ReasonCode.BANNED, none));
    assertRefused(() -> new Auth(ReasonCode.NOT_AUTHORIZED, none));
    assertRefused(() -> new SubAck(1, List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED), none));
    assertRefused(() -> new UnsubAck(1, List.of(ReasonCode.GRANTED_QOS_2), none));
    assertRefused(
        () ->
            Wire.written(
                out ->
                    MqttEncoder.writeAck(
                        PacketType.PUBREL, 1, ReasonCode.NOT_AUTHORIZED, MQTT_5, out)));
  }

  @ParameterizedTest
  @EnumSource(MqttVersion.class)
  @Normative({
    Statement.MQTT5_2_2_1_2,
    Statement.MQTT5_3_3_1_2,
    Statement.MQTT5_3_8_3_2,
    Statement.MQTT5_3_10_3_2,
    Statement.MQTT3_2_3_1_1,
    Statement.MQTT3_2_3_1_5,
    Statement.MQTT3_3_3_1_2,
    Statement.MQTT3_3_8_3_3,
    Statement.MQTT3_3_10_3_2
  })
  void nothingThatThePeerMustRefuseIsWritten(MqttVersion version) {
    Properties none = Properties.EMPTY;
    assertRefusedUnwritten(PubAck.of(0), version);
    assertRefusedUnwritten(PubAck.of(65_536), version);
    assertRefusedUnwritten(publish(QoS.AT_LEAST_ONCE, false, 0), version);
    assertRefusedUnwritten(publish(QoS.AT_MOST_ONCE, false, 1), version);
    assertRefusedUnwritten(publish(QoS.AT_MOST_ONCE, true, 0), version);
    assertRefusedUnwritten(
        new Publish(TopicName.EMPTY, Bytes.EMPTY, QoS.AT_MOST_ONCE, false, false, 0, none),
        version);
    assertRefusedUnwritten(new Subscribe(1, List.of(), none), version);
    assertRefusedUnwritten(new Unsubscribe(1, List.of(), none), version);
    assertRefusedUnwritten(new SubAck(1, List.of(), none), version);
    assertRefusedUnwritten(new Unsubscribe(1, List.of("a".repeat(65_536)), none), version);
    assertRefusedUnwritten(new Unsubscribe(1, List.of("a\u0000"), none), version);
    assertRefusedUnwritten(connect(version, "\ud800", null), version);
    assertRefusedUnwritten(connect(version, "c", Bytes.wrap(new byte[65_536])), version);
    if (!version.isMqtt5()) {
      assertRefusedUnwritten(connect(version, "c", Bytes.EMPTY), version);
      assertRefusedUnwritten(new Auth(ReasonCode.SUCCESS, none), version);
    }
  }

  @Test
  @Scenario(4)
  void aBodyBeyondTheLargestRemainingLengthIsRefused() {
    // Only the length counts: the array is never looked at.
    List<String> filters = Collections.nCopies(4100, "a".repeat(65_535));
    assertRefusedUnwritten(new Unsubscribe(1, filters, Properties.EMPTY), MQTT_5);
  }

  @Test
  void fastWritersWriteTheSame() {
    for (PacketType type :
        List.of(PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBREL, PacketType.PUBCOMP)) {
      for (ReasonCode code : ReasonCode.values()) {
        for (MqttVersion version : MqttVersion.values()) {
          if (code.allowedIn(type)) {
            Bytes fast =
                Wire.written(out -> MqttEncoder.writeAck(type, 0xfffe, code, version, out));
            assertThat(fast).isEqualTo(Wire.encode(ack(type, code), version));
          }
        }
      }
    }
    assertThat(Wire.written(MqttEncoder::writePingReq).toHex()).isEqualTo("c000");
    assertThat(Wire.written(MqttEncoder::writePingResp).toHex()).isEqualTo("d000");
    assertThat(hex(PingReq.INSTANCE, MQTT_5)).isEqualTo("c000");
    assertThat(hex(PingResp.INSTANCE, MQTT_3_1)).isEqualTo("d000");
  }

  private static MqttPacket ack(PacketType type, ReasonCode code) {
    return switch (type) {
      case PUBACK -> new PubAck(0xfffe, code, Properties.EMPTY);
      case PUBREC -> new PubRec(0xfffe, code, Properties.EMPTY);
      case PUBREL -> new PubRel(0xfffe, code, Properties.EMPTY);
      default -> new PubComp(0xfffe, code, Properties.EMPTY);
    };
  }

  private static Connect connect(MqttVersion version, String clientId, Bytes password) {
    return new Connect(version, true, 0, clientId, null, null, password, Properties.EMPTY);
  }

  private static Publish publish(QoS qos, boolean dup, int packetId) {
    return new Publish(TopicName.of("a"), Bytes.EMPTY, qos, false, dup, packetId, Properties.EMPTY);
  }

  private static String hex(MqttPacket packet, MqttVersion version) {
    return Wire.encode(packet, version).toHex();
  }

  private static void assertRefused(Runnable building) {
    assertThatIllegalArgumentException().isThrownBy(building::run);
  }

  private static void assertRefusedUnwritten(MqttPacket packet, MqttVersion version) {
    Outbox out = new Outbox(new BufferPool());
    assertThatIllegalArgumentException().isThrownBy(() -> MqttEncoder.write(packet, version, out));
    assertThat(out.isEmpty()).isTrue();
  }
}
