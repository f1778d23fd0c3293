package io.culvert.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Scenario;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** Bytes of garbage on the way of a message. Bytes are stable on a busy machine, times are not. */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 10_000;

  @Test
  void publishCostsItsRecordsOnly() {
    Bytes packet = Bytes.hex("32120003612f62000a0068656c6c6f68656c6c6f".replace(" ", ""));
    MqttDecoder decoder = new MqttDecoder(1000);
    ReceiveBuffer in = new ReceiveBuffer();
    // Publish, TopicName and two views, each with a header.
    assertThat(
            perRound(
                () -> {
                  in.add(packet);
                  return ((Publish) decoder.next(in)).packetId();
                }))
        .isLessThanOrEqualTo(144);
  }

  @Test
  void acknowledgementsCostOneRecord() {
    Bytes packet = Bytes.hex("4002000a");
    MqttDecoder decoder = new MqttDecoder(1000);
    ReceiveBuffer in = new ReceiveBuffer();
    assertThat(
            perRound(
                () -> {
                  in.add(packet);
                  return decoder.next(in).packetId();
                }))
        .isLessThanOrEqualTo(32);
  }

  @Test
  void frameCostsNothingPerTarget() {
    PublishFrame frame =
        PublishFrame.of(
            MqttVersion.MQTT_5,
            TopicName.of("sensors/t"),
            Bytes.utf8("21.5"),
            QoS.AT_LEAST_ONCE,
            false,
            Properties.EMPTY);
    Outbox out = new Outbox(new BufferPool());
    Outbox.Sink nowhere =
        new Outbox.Sink() {
          @Override
          public void copied(byte[] array, int start, int length) {}

          @Override
          public void shared(Bytes bytes) {}
        };
    assertThat(
            perRound(
                () -> {
                  frame.writeTo(out, 1, false);
                  MqttEncoder.writeAck(
                      PacketType.PUBACK, 1, ReasonCode.SUCCESS, MqttVersion.MQTT_5, out);
                  out.drainTo(nowhere);
                  return 0;
                }))
        .isZero();
  }

  @Test
  @Scenario(27)
  void announcedLengthsAllocateNothing() {
    takeAnnouncements(); // loads the classes
    long before = THREADS.getCurrentThreadAllocatedBytes();
    takeAnnouncements();
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000);
  }

  private static void takeAnnouncements() {
    for (String hex :
        new String[] {
          "30ffffff7f", "10ffffff7f", "82ffffff7f", "30ffffff7fffff", "90ffffff7f0001"
        }) {
      ReceiveBuffer in = new ReceiveBuffer();
      in.add(Bytes.hex(hex));
      MqttDecoder decoder = new MqttDecoder(Wire.NO_LIMIT);
      assertThat(decoder.next(in)).isNull();
      in.keep();
      assertThat(in.heldBytes()).isLessThan(100);
    }
  }

  @Test
  void refusalsAllocateLittleMoreThanTheirText() {
    for (MqttVectors.Malformed vector : MqttVectors.malformedForTheCodec().toList()) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      MqttViolation violation =
          catchThrowableOfType(
              MqttViolation.class, () -> Wire.decodeAll(List.of(vector.bytes()), vector.version()));
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
      assertThat(violation != null || vector.strictness().equals("may")).isTrue();
    }
  }

  private static long perRound(IntSupplier work) {
    long least = Long.MAX_VALUE;
    int sum = 0;
    for (int attempt = 0; attempt < 5; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        sum += work.getAsInt();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(sum).isGreaterThanOrEqualTo(0);
    return least / ROUNDS;
  }
}
