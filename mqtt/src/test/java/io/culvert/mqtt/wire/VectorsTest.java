package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.Statement.MQTT5_1_5_5_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_1_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_2_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden vectors against decoder and encoder. */
class VectorsTest {
  static List<MqttVectors.Valid> valid() {
    return MqttVectors.valid();
  }

  static Stream<MqttVectors.Valid> canonical() {
    return valid().stream().filter(MqttVectors.Valid::canonical);
  }

  static List<MqttVectors.Large> large() {
    return MqttVectors.large();
  }

  static Stream<MqttVectors.Malformed> malformed() {
    return MqttVectors.malformedForTheCodec();
  }

  static Stream<MqttVectors.Malformed> malformedForTheMachines() {
    return MqttVectors.malformedForTheSession();
  }

  @Test
  void vectorsAreComplete() {
    assertThat(valid()).hasSize(290);
    assertThat(malformed()).hasSize(162);
    assertThat(MqttVectors.malformedForTheSession()).hasSize(71);
  }

  @ParameterizedTest
  @MethodSource("valid")
  @Scenario({15, 16})
  void validIsUnderstood(MqttVectors.Valid vector) {
    assertThat(Wire.decode(vector.bytes(), vector.version())).isEqualTo(VectorPackets.of(vector));
  }

  @ParameterizedTest
  @MethodSource("valid")
  @Scenario(13)
  void validIsUnderstoodByteByByte(MqttVectors.Valid vector) {
    assertThat(Wire.decodeAll(Wire.byteByByte(vector.bytes()), vector.version()))
        .containsExactly(VectorPackets.of(vector));
  }

  @ParameterizedTest
  @MethodSource("canonical")
  @Normative({MQTT5_1_5_5_1, MQTT5_2_1_3_1, MQTT5_2_2_2_1})
  @Scenario(15)
  void canonicalIsWrittenAsItCame(MqttVectors.Valid vector) {
    MqttPacket packet = VectorPackets.of(vector);
    assertThat(Wire.encode(packet, vector.version()).toHex()).isEqualTo(vector.bytes().toHex());
    assertThat(MqttEncoder.size(packet, vector.version())).isEqualTo(vector.bytes().length());
  }

  @ParameterizedTest
  @MethodSource("valid")
  @Scenario(26)
  void whatIsNotCanonicalIsWrittenShorter(MqttVectors.Valid vector) {
    Bytes written = Wire.encode(VectorPackets.of(vector), vector.version());
    assertThat(written.length() < vector.bytes().length()).isNotEqualTo(vector.canonical());
    assertThat(Wire.decode(written, vector.version())).isEqualTo(VectorPackets.of(vector));
  }

  @ParameterizedTest
  @MethodSource("large")
  void largeIsUnderstoodAndWritten(MqttVectors.Large vector) {
    Publish publish = (Publish) Wire.decode(vector.bytes(), MqttVersion.MQTT_5);
    assertThat(publish.topic().length() + publish.payload().length() + 3)
        .isEqualTo(vector.remainingLength());
    assertThat(Wire.encode(publish, MqttVersion.MQTT_5)).isEqualTo(vector.bytes());
    assertThat(MqttEncoder.size(publish, MqttVersion.MQTT_5)).isEqualTo(vector.bytes().length());
  }

  @ParameterizedTest
  @MethodSource("large")
  void largeIsUnderstoodInTwoChunks(MqttVectors.Large vector) {
    Bytes bytes = vector.bytes();
    int cut = bytes.length() / 2;
    assertThat(
            Wire.decodeAll(
                List.of(bytes.slice(0, cut), bytes.slice(cut, bytes.length())), MqttVersion.MQTT_5))
        .isEqualTo(List.of(Wire.decode(bytes, MqttVersion.MQTT_5)));
  }

  @Test
  @Normative(MQTT5_1_5_5_1)
  @Scenario(2)
  void variableByteIntegersHaveOneForm() {
    for (MqttVectors.VarInt vector : MqttVectors.varIntsValid()) {
      ByteReader reader = new ByteReader();
      reader.reset(vector.bytes());
      assertThat(reader.varInt()).isEqualTo(vector.value());
      assertThat(Wire.written(out -> out.varInt(vector.value()))).isEqualTo(vector.bytes());
    }
    for (MqttVectors.VarInt vector : MqttVectors.varIntsInvalid()) {
      assertThat(violation("30" + vector.bytes().toHex())).isEqualTo(ReasonCode.MALFORMED_PACKET);
    }
    for (MqttVectors.VarInt vector : MqttVectors.varIntsNotMinimal()) {
      assertThat(violation("30" + vector.bytes().toHex())).isEqualTo(ReasonCode.MALFORMED_PACKET);
    }
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedIsRefusedWithItsCode(MqttVectors.Malformed vector) {
    assertRefused(vector, refusal(vector, List.of(vector.bytes())));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedIsRefusedByteByByte(MqttVectors.Malformed vector) {
    assertRefused(vector, refusal(vector, Wire.byteByByte(vector.bytes())));
  }

  /** The codec may see already what a machine would have to refuse; then with the same answer. */
  @ParameterizedTest
  @MethodSource("malformedForTheMachines")
  void whatBelongsToTheMachinesIsUnderstoodOrRefusedWithItsCode(MqttVectors.Malformed vector) {
    MqttViolation violation = refusal(vector, List.of(vector.bytes()));
    if (violation == null || vector.acceptableCodes().isEmpty()) {
      return;
    }
    int code =
        vector.version().isMqtt5() ? violation.code() : violation.reasonCode().toReturnCode();
    assertThat(vector.acceptableCodes()).contains(code);
  }

  private static void assertRefused(MqttVectors.Malformed vector, MqttViolation violation) {
    if (violation == null) {
      assertThat(vector.strictness()).isEqualTo("may");
    } else if (vector.version().isMqtt5()) {
      assertThat(vector.acceptableCodes()).contains(violation.code());
    } else {
      assertThat(violation.reasonCode().isError()).isTrue();
    }
  }

  private static MqttViolation refusal(MqttVectors.Malformed vector, List<Bytes> chunks) {
    return catchThrowableOfType(
        MqttViolation.class, () -> Wire.decodeAll(chunks, vector.version()));
  }

  private static ReasonCode violation(String hex) {
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.hex(hex));
    return catchThrowableOfType(MqttViolation.class, () -> new MqttDecoder(Wire.NO_LIMIT).next(in))
        .reasonCode();
  }
}
