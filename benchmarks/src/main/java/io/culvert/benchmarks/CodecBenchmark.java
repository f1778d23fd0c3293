package io.culvert.benchmarks;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.PublishFrame;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * How long does one PUBLISH of 64 bytes take from the socket's bytes to a packet, and from a
 * message to the bytes of an outbox, and what does it allocate (-prof gc)? Packets come in chunks
 * of {@link #BATCH}, as they do from a busy publisher.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  static final int BATCH = 20;

  @Param({"MQTT_3_1_1", "MQTT_5"})
  MqttVersion version = MqttVersion.MQTT_5;

  @Param({"false", "true"})
  boolean withProperties;

  private final BufferPool pool = new BufferPool();
  private final Outbox out = new Outbox(pool);
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final CountingSink sink = new CountingSink();
  private final MqttDecoder decoder = new MqttDecoder(1 << 20);
  private final TopicName topic = TopicName.of("plant/7/line/3/sensor/temperature");
  private final Bytes payload = Bytes.wrap(new byte[64]);
  private Publish publish =
      new Publish(topic, payload, QoS.AT_LEAST_ONCE, false, false, 1, Properties.EMPTY);
  private PublishFrame frame =
      PublishFrame.of(version, topic, payload, QoS.AT_LEAST_ONCE, false, Properties.EMPTY);
  private Bytes chunk = Bytes.EMPTY;

  @Setup
  public void setUp() {
    Properties properties =
        withProperties
            ? Properties.builder()
                .put(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                .put(Property.CONTENT_TYPE, "application/json")
                .userProperty("unit", "K")
                .build()
            : Properties.EMPTY;
    publish = new Publish(topic, payload, QoS.AT_LEAST_ONCE, false, false, 1, properties);
    frame = PublishFrame.of(version, topic, payload, QoS.AT_LEAST_ONCE, false, properties);
    decoder.version(version);
    for (int i = 1; i <= BATCH; i++) {
      frame.writeTo(out, i, false);
    }
    byte[] all = new byte[(int) out.pendingBytes()];
    System.arraycopy(out.array(), 0, all, 0, all.length);
    chunk = Bytes.wrap(all);
    out.clear();
  }

  /** Bytes to packets. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void decodePublish(Blackhole hole) {
    in.add(chunk);
    MqttPacket packet;
    while ((packet = decoder.next(in)) != null) {
      hole.consume(packet);
    }
    in.keep();
  }

  /** A packet to bytes, encoded for this one target. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long encodePublish() {
    for (int i = 0; i < BATCH; i++) {
      MqttEncoder.write(publish, version, out);
    }
    return drain();
  }

  /** A frame that is encoded once, for the next target of many. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long writeSharedFrame() {
    for (int i = 1; i <= BATCH; i++) {
      frame.writeTo(out, i, false);
    }
    return drain();
  }

  /** PUBACK. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long encodeAcknowledgement() {
    for (int i = 1; i <= BATCH; i++) {
      MqttEncoder.writeAck(PacketType.PUBACK, i, ReasonCode.SUCCESS, version, out);
    }
    return drain();
  }

  private long drain() {
    out.drainTo(sink);
    return sink.bytes();
  }
}
