package io.culvert.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.MqttVectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes against decoder and topics. In a build the seeds run; {@code CONTRIBUTING.md} says how
 * to let it search.
 */
class WireFuzzTest {
  static Stream<byte[]> packets() {
    return Stream.concat(
            MqttVectors.valid().stream().map(v -> seed(v.version(), v.bytes())),
            MqttVectors.malformed().stream().map(v -> seed(v.version(), v.bytes())))
        .distinct();
  }

  static Stream<byte[]> topics() {
    return Stream.concat(
            MqttVectors.topicFilters().stream().map(MqttVectors.Filter::filter),
            MqttVectors.topicNames().stream().map(MqttVectors.Name::topic))
        .map(text -> Bytes.utf8(text).toByteArray());
  }

  /** The first byte chooses the version and the size of the chunks; what follows is the stream. */
  @MethodSource("packets")
  @FuzzTest(maxDuration = "5m")
  void decoderUnderstandsOrRefuses(byte[] data) {
    if (data.length == 0) {
      return;
    }
    MqttVersion version = MqttVersion.values()[(data[0] & 0xff) % MqttVersion.values().length];
    int chunk = 1 + (data[0] & 0xff) / 4;
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    decoder.version(version);
    ReceiveBuffer in = new ReceiveBuffer();
    try {
      for (int from = 1; from < data.length; from += chunk) {
        in.add(Bytes.wrap(data, from, Math.min(chunk, data.length - from)));
        drain(decoder, in);
        in.keep();
      }
    } catch (MqttViolation violation) {
      assertThat(violation.reasonCode().isError()).isTrue();
    }
  }

  /** Whatever is a name or a filter can be written, and means the same afterwards. */
  @MethodSource("topics")
  @FuzzTest(maxDuration = "2m")
  void topicsAreParsedOrRefused(byte[] data) {
    Bytes text = Bytes.wrap(data);
    TopicName name = name(text);
    TopicFilter filter = filter(text);
    if (name != null) {
      assertThat(TopicName.of(name.toString())).isEqualTo(name);
    }
    if (filter != null) {
      assertThat(TopicFilter.parse(filter.text())).isEqualTo(filter);
    }
    if (name != null && !name.toString().startsWith("$share/")) {
      // A name is a filter without wildcards, and matches itself only.
      assertThat(filter).isNotNull();
      assertThat(filter.hasWildcard()).isFalse();
      assertThat(filter.matches(name)).isTrue();
      assertThat(filter.matches(TopicName.of(name + "x"))).isFalse();
    }
  }

  private static void drain(MqttDecoder decoder, ReceiveBuffer in) {
    MqttPacket packet;
    while ((packet = decoder.next(in)) != null) {
      Bytes written = Wire.encode(packet, decoder.version());
      assertThat(Wire.decode(written, decoder.version())).isEqualTo(packet);
    }
  }

  private static byte[] seed(MqttVersion version, Bytes packet) {
    byte[] seed = new byte[packet.length() + 1];
    seed[0] = (byte) (252 + version.ordinal()); // 252 is a multiple of three: one large chunk
    packet.copyTo(seed, 1);
    return seed;
  }

  private static TopicName name(Bytes text) {
    try {
      return TopicName.parse(text);
    } catch (MqttViolation violation) {
      return null;
    }
  }

  private static TopicFilter filter(Bytes text) {
    try {
      return TopicFilter.parse(text);
    } catch (MqttViolation violation) {
      assertThat(violation.reasonCode()).isEqualTo(ReasonCode.TOPIC_FILTER_INVALID);
      return null;
    }
  }
}
