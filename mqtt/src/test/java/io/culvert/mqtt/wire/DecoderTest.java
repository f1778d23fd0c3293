package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.MqttVersion.MQTT_3_1;
import static io.culvert.mqtt.wire.MqttVersion.MQTT_3_1_1;
import static io.culvert.mqtt.wire.MqttVersion.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
  static List<MqttVectors.Valid> valid() {
    return MqttVectors.valid();
  }

  @ParameterizedTest
  @MethodSource("valid")
  @Scenario({1, 13})
  void everyPrefixAsksForMore(MqttVectors.Valid vector) {
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    decoder.version(vector.version());
    for (int length = 0; length < vector.bytes().length(); length++) {
      ReceiveBuffer in = new ReceiveBuffer();
      in.add(vector.bytes().slice(0, length));
      assertThat(decoder.next(in)).isNull();
      assertThat(in.readable()).isEqualTo(length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"30ffffffff", "30ffffffff01", "c0ffffffff"})
  @Scenario(3)
  void fiveBytesOfRemainingLengthAreRefusedNotAwaited(String hex) {
    assertThat(refusal(hex, MQTT_5).reasonCode()).isEqualTo(ReasonCode.MALFORMED_PACKET);
  }

  @Test
  @Scenario({6, 9})
  void errorsNameTheNumber() {
    assertThat(refusal("4003000142", MQTT_5)).hasMessageContaining("0x42");
    assertThat(refusal("820700010000016130", MQTT_5)).hasMessageContaining("Retain Handling 3");
    assertThat(refusal("820700010000016103", MQTT_5)).hasMessageContaining("QoS 3");
    assertThat(refusal("30090003612f62027f0078", MQTT_5)).hasMessageContaining("0x7F");
    assertThat(refusal("3007000361ff620078", MQTT_5)).hasMessageContaining("at byte 1");
  }

  @Test
  @Normative({Statement.MQTT5_3_1_2_24, Statement.MQTT5_3_2_2_15})
  @Scenario({10, 11})
  void tooLargeIsDecidedBeforeTheBodyArrives() {
    MqttDecoder decoder = new MqttDecoder(100);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.hex("3063"));
    MqttViolation violation = catchThrowableOfType(MqttViolation.class, () -> decoder.next(in));
    assertThat(violation.reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(decoder.lastType()).isEqualTo(PacketType.PUBLISH);
  }

  @Test
  @Scenario(10)
  void limitCountsTheWholePacket() {
    Bytes pub = Bytes.hex("300b0003612f620068656c6c6f");
    for (int limit = 1; limit < 20; limit++) {
      MqttDecoder decoder = new MqttDecoder(limit);
      ReceiveBuffer in = new ReceiveBuffer();
      in.add(pub);
      MqttViolation violation = catchThrowableOfType(MqttViolation.class, () -> decoder.next(in));
      assertThat(violation == null).isEqualTo(limit >= pub.length());
    }
    MqttDecoder raised = new MqttDecoder(1);
    raised.maximumPacketSize(13);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(pub);
    assertThat(raised.next(in)).isInstanceOf(Publish.class);
    assertThat(raised.lastSizeBytes()).isEqualTo(13);
  }

  @Test
  @Scenario(12)
  void twoPacketsInOneChunkComeOneByOne() {
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.hex("c0004002000ac0"));
    assertThat(decoder.next(in)).isSameAs(PingReq.INSTANCE);
    assertThat(decoder.lastSizeBytes()).isEqualTo(2);
    assertThat(decoder.next(in)).isEqualTo(PubAck.of(10));
    assertThat(decoder.lastType()).isEqualTo(PacketType.PUBACK);
    assertThat(decoder.lastSizeBytes()).isEqualTo(4);
    assertThat(decoder.next(in)).isNull();
    assertThat(in.readable()).isEqualTo(1);
  }

  @Test
  @Scenario(14)
  void thousandPacketsInOneChunkKeepTheirOrder() {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<MqttPacket> sent = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      MqttPacket packet = i % 3 == 0 ? PubAck.of(i) : publish("t/" + i, i);
      sent.add(packet);
      stream.writeBytes(Wire.encode(packet, MQTT_5).toByteArray());
    }
    Bytes all = Bytes.wrap(stream.toByteArray());
    assertThat(Wire.decodeAll(List.of(all), MQTT_5)).isEqualTo(sent);
  }

  @Test
  void goodPacketsBeforeABadOneAreReturned() {
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.hex("c000" + "4002000a" + "c100"));
    assertThat(decoder.next(in)).isSameAs(PingReq.INSTANCE);
    assertThat(decoder.next(in)).isEqualTo(PubAck.of(10));
    MqttViolation violation = catchThrowableOfType(MqttViolation.class, () -> decoder.next(in));
    assertThat(violation.reasonCode()).isEqualTo(ReasonCode.MALFORMED_PACKET);
    assertThat(violation.statement()).isEqualTo(Statement.MQTT5_2_1_3_1);
  }

  @ParameterizedTest
  @MethodSource("valid")
  @Scenario(19)
  void everyTruncatedBodyIsRefusedAndNeverOurFault(MqttVectors.Valid vector) {
    Bytes bytes = vector.bytes();
    if (bytes.get(1) >= 0x80) {
      return;
    }
    for (int remaining = 0; remaining < bytes.get(1); remaining++) {
      byte[] cut = bytes.slice(0, 2 + remaining).toByteArray();
      cut[1] = (byte) remaining;
      try {
        // A shorter packet may be right, such as a shorter payload; it may not be anything else.
        assertThat(Wire.decode(Bytes.wrap(cut), vector.version()).type().name())
            .isEqualTo(vector.packet());
      } catch (MqttViolation violation) {
        assertThat(violation.reasonCode())
            .isIn(ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("valid")
  @Scenario(20)
  void leftOverBytesAreMalformed(MqttVectors.Valid vector) {
    Bytes bytes = vector.bytes();
    boolean open =
        switch (PacketType.valueOf(vector.packet())) {
          case PUBLISH, SUBACK -> true;
          case UNSUBACK -> vector.version().isMqtt5();
          default -> false;
        };
    // Packets that end in a list or payload, and short forms, go on with the byte.
    if (open || bytes.get(1) >= 0x7f || vector.id().contains("rl") || bytes.get(1) <= 4) {
      return;
    }
    byte[] longer = new byte[bytes.length() + 1];
    bytes.copyTo(longer, 0);
    longer[1]++;
    assertThat(
            catchThrowableOfType(
                    MqttViolation.class, () -> Wire.decode(Bytes.wrap(longer), vector.version()))
                .reasonCode())
        .isEqualTo(ReasonCode.MALFORMED_PACKET);
  }

  @ParameterizedTest
  @EnumSource(PacketType.class)
  @Normative({
    Statement.MQTT5_2_1_3_1,
    Statement.MQTT5_3_6_1_1,
    Statement.MQTT5_3_8_1_1,
    Statement.MQTT5_3_10_1_1,
    Statement.MQTT5_3_14_1_1,
    Statement.MQTT5_3_15_1_1,
    Statement.MQTT3_2_2_2_1,
    Statement.MQTT3_2_2_2_2,
    Statement.MQTT3_3_6_1_1,
    Statement.MQTT3_3_8_1_1,
    Statement.MQTT3_3_10_1_1,
    Statement.MQTT3_3_14_1_1
  })
  @Scenario(21)
  void reservedFlagsAreJudgedOnTheFirstByte(PacketType type) {
    for (MqttVersion version : List.of(MQTT_3_1_1, MQTT_5)) {
      for (int flags = 0; flags < 16; flags++) {
        boolean right = flags == type.reservedFlags() || type == PacketType.PUBLISH;
        boolean known = version.isMqtt5() || type != PacketType.AUTH;
        MqttViolation violation =
            refusal(String.format("%02x", type.value() << 4 | flags), version);
        assertThat(violation == null).as("%s %d", type, flags).isEqualTo(right && known);
        if (violation != null) {
          assertThat(violation.reasonCode()).isEqualTo(ReasonCode.MALFORMED_PACKET);
        }
      }
    }
  }

  @Test
  void typeZeroAndAuthBeforeMqtt5AreReserved() {
    assertRefused(refusal("00", MQTT_5), ReasonCode.MALFORMED_PACKET, null);
    assertRefused(refusal("f0", MQTT_3_1_1), ReasonCode.MALFORMED_PACKET, null);
    assertThat(refusal("f0", MQTT_5)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "100e 0004 4d515454 04 02 003c 0002 6331, MQTT_3_1_1",
    "100f 0004 4d515454 05 02 003c 00 0002 6331, MQTT_5",
    "1010 0006 4d5149736470 03 02 003c 0002 6331, MQTT_3_1"
  })
  void adoptsTheVersionOfConnect(String hex, MqttVersion version) {
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.hex(hex.replace(" ", "")));
    assertThat(decoder.next(in))
        .isInstanceOfSatisfying(
            Connect.class, connect -> assertThat(connect.version()).isEqualTo(version));
    assertThat(decoder.version()).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "100f00044d51545406 02003c0000026331",
        "100e00044d51545403 02003c00026331",
        "101000064d514973647004 02003c00026331",
        "100f00044d51545805 02003c0000026331",
        "100f00046d71747405 02003c0000026331"
      })
  @Normative({
    Statement.MQTT5_3_1_2_1,
    Statement.MQTT5_3_1_2_2,
    Statement.MQTT3_3_1_2_1,
    Statement.MQTT3_3_1_2_2
  })
  void unknownProtocolsAreTold(String hex) {
    assertThat(refusal(hex.replace(" ", ""), MQTT_5).reasonCode())
        .isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
  }

  @Test
  @Scenario(24)
  void binaryPasswordStaysBinary() {
    Connect connect =
        (Connect) Wire.decode("1015 0004 4d515454 05 c2 003c 00 0001 63 0001 75 0002 ff00", MQTT_5);
    assertThat(connect.password()).isEqualTo(Bytes.hex("ff00"));
    assertThat(connect.userName()).isEqualTo("u");
    assertThat(connect.toString()).doesNotContain("ff00");
  }

  @Test
  @Normative({Statement.MQTT3_3_1_2_22, Statement.MQTT3_3_8_3_3, Statement.MQTT3_3_10_3_2})
  void versionsDifferWhereTheStandardsDo() {
    String passwordOnly = "0004 4d515454 %s 42 003c %s 0001 63 0001 70".replace(" ", "");
    assertRefused(
        refusal("1010" + String.format(passwordOnly, "04", ""), MQTT_5),
        ReasonCode.MALFORMED_PACKET,
        Statement.MQTT3_3_1_2_22);
    assertThat(refusal("1011" + String.format(passwordOnly, "05", "00"), MQTT_5)).isNull();
    assertRefused(refusal("4003000a00", MQTT_3_1_1), ReasonCode.MALFORMED_PACKET, null);
    assertThat(refusal("4003000a00", MQTT_5)).isNull();
    assertRefused(
        refusal("8206000100016104", MQTT_3_1_1),
        ReasonCode.MALFORMED_PACKET,
        Statement.MQTT3_3_8_3_4);
    assertRefused(
        refusal("82020001", MQTT_3_1_1), ReasonCode.PROTOCOL_ERROR, Statement.MQTT3_3_8_3_3);
    assertRefused(
        refusal("a2020001", MQTT_3_1_1), ReasonCode.PROTOCOL_ERROR, Statement.MQTT3_3_10_3_2);
    assertRefused(refusal("e00100", MQTT_3_1_1), ReasonCode.MALFORMED_PACKET, null);
    assertRefused(
        refusal("9003000187", MQTT_3_1_1), ReasonCode.PROTOCOL_ERROR, Statement.MQTT3_3_9_3_2);
    assertRefused( // a code that no version has
        refusal("9003000103", MQTT_3_1_1), ReasonCode.PROTOCOL_ERROR, Statement.MQTT3_3_9_3_2);
    assertThat(refusal("9003000180", MQTT_3_1_1)).isNull();
  }

  @Test
  @Normative({
    Statement.MQTT3_1_5_3_1,
    Statement.MQTT3_3_3_2_2,
    Statement.MQTT3_4_7_1_1,
    Statement.MQTT3_4_7_3_1,
    Statement.MQTT3_4_7_3_2
  })
  void topicErrorsNameTheStatementOfTheirVersion() {
    assertThat(refusal("30030001ff", MQTT_3_1_1).statementId()).isEqualTo("MQTT3-1.5.3-1");
    assertThat(refusal("3003000123", MQTT_3_1_1).statementId()).isEqualTo("MQTT3-4.7.1-1");
    assertThat(refusal("30020000", MQTT_3_1_1).statementId()).isEqualTo("MQTT3-4.7.3-1");
    assertThat(refusal("3003000100", MQTT_3_1_1).statementId()).isEqualTo("MQTT3-4.7.3-2");
    assertThat(refusal("300400012300", MQTT_5).statementId()).isEqualTo("MQTT5-4.7.0-1");
  }

  @Test
  void mqtt31MayRepeatWithDupAndHasNoSessionPresent() {
    assertThat(Wire.decode("8a06 0001 0001 61 01", MQTT_3_1)).isInstanceOf(Subscribe.class);
    assertRefused(
        refusal("8a06000100016101", MQTT_3_1_1),
        ReasonCode.MALFORMED_PACKET,
        Statement.MQTT3_2_2_2_2);
    assertThat(Wire.decode("2002 ff 00", MQTT_3_1))
        .isEqualTo(new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY));
  }

  @Test
  void publishViewsAreBorrowedAndOthersAreNot() {
    byte[] chunk = Bytes.hex("300b0003612f620068656c6c6f").toByteArray();
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.wrap(chunk));
    Publish publish = (Publish) new MqttDecoder(Wire.NO_LIMIT).next(in);
    assertThat(publish.payload().array()).isSameAs(chunk);
    assertThat(publish.topic().utf8().array()).isSameAs(chunk);

    byte[] second = Bytes.hex("82080001 00 0002612f 01".replace(" ", "")).toByteArray();
    in.add(Bytes.wrap(second));
    Subscribe subscribe = (Subscribe) new MqttDecoder(Wire.NO_LIMIT).next(in);
    Arrays.fill(second, (byte) 0);
    assertThat(subscribe.entries().get(0).filter()).isEqualTo("a/");
  }

  @Test
  @Normative({Statement.MQTT5_2_2_1_2, Statement.MQTT5_2_2_1_3, Statement.MQTT3_2_3_1_5})
  void packetIdentifierOnlyAboveQos0() {
    assertThat(((Publish) Wire.decode("3005 0001 61 00 78", MQTT_5)).packetId()).isZero();
    assertThat(((Publish) Wire.decode("3207 0001 61 0102 00 78", MQTT_5)).packetId())
        .isEqualTo(258);
    assertThat(refusal("3207000161000000 78".replace(" ", ""), MQTT_5).reasonCode())
        .isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  @Test
  void aliasOnlyPublishHasAnEmptyTopic() {
    Publish publish = (Publish) Wire.decode("3007 0000 03 230001 78", MQTT_5);
    assertThat(publish.topic()).isSameAs(TopicName.EMPTY);
    assertThat(publish.properties().integer(Property.TOPIC_ALIAS, 0)).isEqualTo(1);
  }

  private static Publish publish(String topic, int payload) {
    return new Publish(
        TopicName.of(topic),
        Bytes.utf8("p" + payload),
        QoS.AT_MOST_ONCE,
        false,
        false,
        0,
        Properties.EMPTY);
  }

  private static void assertRefused(
      MqttViolation violation, ReasonCode reasonCode, Statement statement) {
    assertThat(violation.reasonCode()).isEqualTo(reasonCode);
    assertThat(violation.statement()).isEqualTo(statement);
  }

  private static MqttViolation refusal(String hex, MqttVersion version) {
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    decoder.version(version);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.hex(hex));
    return catchThrowableOfType(MqttViolation.class, () -> decoder.next(in));
  }
}
