package io.culvert.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Scenario;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.constraints.Size;

/** What holds for any packet, any cut of the stream and any garbage. */
class CodecPropertiesTest {
  @net.jqwik.api.Property(tries = 3000)
  @Scenario(15)
  void decodeUndoesEncode(@ForAll long seed, @ForAll MqttVersion version) {
    MqttPacket packet = PacketArbitraries.packet(seed, version);
    Bytes written = Wire.encode(packet, version);
    assertThat(Wire.decode(written, version)).isEqualTo(packet);
    assertThat(MqttEncoder.size(packet, version)).isEqualTo(written.length());
  }

  @net.jqwik.api.Property(tries = 500)
  @Scenario(13)
  void anyCutGivesTheSamePackets(@ForAll long seed, @ForAll MqttVersion version) {
    Random random = new Random(seed);
    List<MqttPacket> packets = new ArrayList<>();
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (int i = 0; i < 20; i++) {
      MqttPacket packet = PacketArbitraries.packet(random.nextLong(), version);
      packets.add(packet);
      stream.writeBytes(Wire.encode(packet, version).toByteArray());
    }
    Bytes all = Bytes.wrap(stream.toByteArray());
    List<Bytes> chunks = new ArrayList<>();
    int largest = 1 << random.nextInt(14);
    for (int from = 0; from < all.length(); ) {
      int to = Math.min(all.length(), from + 1 + random.nextInt(largest));
      chunks.add(all.slice(from, to));
      from = to;
    }
    assertThat(Wire.decodeAll(chunks, version)).isEqualTo(packets);
  }

  @net.jqwik.api.Property(tries = 5000)
  @Scenario(27)
  void garbageIsOnlyEverAViolation(
      @ForAll @Size(max = 200) byte[] garbage, @ForAll MqttVersion version) {
    decodeAsFarAsItGoes(garbage, version);
  }

  @net.jqwik.api.Property(tries = 30)
  @Scenario(27)
  void damagedPacketsAreOnlyEverAViolation(@ForAll long seed) {
    Random random = new Random(seed);
    for (MqttVectors.Valid vector : MqttVectors.valid()) {
      byte[] bytes = vector.bytes().toByteArray();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      decodeAsFarAsItGoes(bytes, vector.version());
    }
  }

  /** What is understood can be written and is understood again as the same. */
  private static void decodeAsFarAsItGoes(byte[] bytes, MqttVersion version) {
    MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
    decoder.version(version);
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Bytes.wrap(bytes));
    try {
      MqttPacket packet;
      while ((packet = decoder.next(in)) != null) {
        Bytes again = Wire.encode(packet, decoder.version());
        assertThat(Wire.decode(again, decoder.version())).isEqualTo(packet);
        assertThat(again.length()).isLessThanOrEqualTo(decoder.lastSizeBytes());
      }
    } catch (MqttViolation violation) {
      assertThat(violation.reasonCode().isError()).isTrue();
    }
  }
}
