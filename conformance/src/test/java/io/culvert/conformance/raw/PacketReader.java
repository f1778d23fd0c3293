package io.culvert.conformance.raw;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into MQTT packets, and looks at nothing but their length. */
public final class PacketReader {

  private final InputStream in;

  public PacketReader(InputStream in) {
    this.in = in;
  }

  /** The next packet from its first byte to its last, or null at the end of the stream. */
  public byte @Nullable [] next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(first);
    int length = 0;
    for (int shift = 0, digit = 0x80; (digit & 0x80) != 0; shift += 7) {
      digit = in.read();
      if (digit < 0 || shift > 21) {
        throw new EOFException("broken packet after " + Hex.of(packet.toByteArray()));
      }
      packet.write(digit);
      length |= (digit & 0x7F) << shift;
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("cut packet " + Hex.of(packet.toByteArray()) + Hex.of(body));
    }
    packet.writeBytes(body);
    return packet.toByteArray();
  }
}
