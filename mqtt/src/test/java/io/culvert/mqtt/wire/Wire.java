package io.culvert.mqtt.wire;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Packets to bytes and back, for tests. */
public final class Wire {
  static final long NO_LIMIT = Long.MAX_VALUE;

  private Wire() {}

  public static Bytes encode(MqttPacket packet, MqttVersion version) {
    return encode(List.of(packet), version);
  }

  public static Bytes encode(List<? extends MqttPacket> packets, MqttVersion version) {
    return written(out -> packets.forEach(packet -> MqttEncoder.write(packet, version, out)));
  }

  /** The bytes that something writes to an outbox. */
  public static Bytes written(Consumer<Outbox> writer) {
    Outbox out = new Outbox(new BufferPool());
    writer.accept(out);
    return drained(out);
  }

  /** What waits in an outbox, which is empty afterwards. */
  public static Bytes drained(Outbox out) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    out.drainTo(
        new Outbox.Sink() {
          @Override
          public void copied(byte[] array, int start, int length) {
            all.write(array, start, length);
          }

          @Override
          public void shared(Bytes bytes) {
            all.write(bytes.array(), bytes.start(), bytes.length());
          }
        });
    return Bytes.wrap(all.toByteArray());
  }

  /** Decodes one packet that must be complete and the only one. */
  public static MqttPacket decode(Bytes bytes, MqttVersion version) {
    List<MqttPacket> packets = decodeAll(List.of(bytes), version);
    if (packets.size() != 1) {
      throw new AssertionError(packets.size() + " packets");
    }
    return packets.get(0);
  }

  static MqttPacket decode(String hex, MqttVersion version) {
    return decode(Bytes.hex(hex.replace(" ", "")), version);
  }

  /** Decodes a stream that comes in chunks; views are copied, all bytes must be used up. */
  public static List<MqttPacket> decodeAll(List<Bytes> chunks, MqttVersion version) {
    MqttDecoder decoder = new MqttDecoder(NO_LIMIT);
    decoder.version(version);
    ReceiveBuffer in = new ReceiveBuffer();
    List<MqttPacket> packets = new ArrayList<>();
    for (Bytes chunk : chunks) {
      byte[] borrowed = chunk.toByteArray();
      in.add(Bytes.wrap(borrowed));
      MqttPacket packet;
      while ((packet = decoder.next(in)) != null) {
        packets.add(owned(packet));
      }
      in.keep();
      Arrays.fill(borrowed, (byte) 0xee); // whoever still looks at it is found out
    }
    if (in.readable() > 0) {
      throw new AssertionError(in.readable() + " bytes left over");
    }
    return packets;
  }

  static List<Bytes> byteByByte(Bytes bytes) {
    List<Bytes> chunks = new ArrayList<>();
    for (int i = 0; i < bytes.length(); i++) {
      chunks.add(bytes.slice(i, i + 1));
    }
    return chunks;
  }

  /** A packet with arrays of its own: only PUBLISH borrows. */
  public static MqttPacket owned(MqttPacket packet) {
    return packet instanceof Publish publish ? owned(publish) : packet;
  }

  public static Publish owned(Publish p) {
    return new Publish(
        p.topic().copy(),
        p.payload().copy(),
        p.qos(),
        p.retain(),
        p.dup(),
        p.packetId(),
        p.properties().copy());
  }
}
