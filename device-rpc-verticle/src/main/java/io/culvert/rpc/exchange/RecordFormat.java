package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Records of exchanges as bytes; docs/store-format.md describes them. */
final class RecordFormat {
  private static final byte FORMAT = 1;
  private static final byte BEGUN = 0;
  private static final byte ANSWERED = 1;
  private static final int NONE = -1;

  private RecordFormat() {}

  static Bytes key(Bytes prefix, ExchangeKey key) {
    byte[] source = bytes(key.source());
    byte[] subsystem = bytes(key.subsystem());
    byte[] requestId = bytes(key.requestId());
    ByteBuffer out =
        ByteBuffer.allocate(
            prefix.length()
                + 3 * Integer.BYTES
                + source.length
                + subsystem.length
                + requestId.length);
    out.put(prefix.toByteArray());
    put(out, source);
    put(out, subsystem);
    put(out, requestId);
    return Bytes.wrap(out.array());
  }

  static Bytes value(ExchangeRecord kept) {
    RpcMessage answer = kept.answer();
    byte[] topic = bytes(answer.topic());
    Bytes correlationData = answer.correlationData();
    int correlationLength = correlationData == null ? 0 : correlationData.length();
    ByteBuffer out =
        ByteBuffer.allocate(
            3
                + 2 * Long.BYTES
                + 2 * Integer.BYTES
                + topic.length
                + correlationLength
                + answer.payload().length());
    out.put(FORMAT).put(kept.isAnswered() ? ANSWERED : BEGUN).put((byte) answer.qos());
    out.putLong(kept.deadlineMillis()).putLong(kept.forgetMillis());
    put(out, topic);
    out.putInt(correlationData == null ? NONE : correlationLength);
    put(out, correlationData == null ? Bytes.EMPTY : correlationData);
    put(out, answer.payload());
    return Bytes.wrap(out.array());
  }

  /** Null for what another version has written. */
  static @Nullable ExchangeRecord read(Bytes prefix, Entry entry) {
    try {
      Bytes keyBytes = entry.key();
      ByteBuffer key = buffer(keyBytes.slice(prefix.length(), keyBytes.length()));
      ByteBuffer in = buffer(entry.value());
      if (in.get() != FORMAT) {
        return null;
      }
      boolean isAnswered = in.get() == ANSWERED;
      int qos = in.get();
      long deadlineMillis = in.getLong();
      long forgetMillis = in.getLong();
      String topic = text(in);
      int correlationLength = in.getInt();
      Bytes correlationData = correlationLength == NONE ? null : take(in, correlationLength);
      return new ExchangeRecord(
          new ExchangeKey(text(key), text(key), text(key)),
          isAnswered,
          new RpcMessage(topic, take(in, in.remaining()), qos, null, null, correlationData),
          deadlineMillis,
          forgetMillis);
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  private static ByteBuffer buffer(Bytes bytes) {
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void put(ByteBuffer out, byte[] part) {
    out.putInt(part.length).put(part);
  }

  private static void put(ByteBuffer out, Bytes part) {
    out.put(part.array(), part.start(), part.length());
  }

  private static String text(ByteBuffer in) {
    return new String(take(in, in.getInt()).toByteArray(), StandardCharsets.UTF_8);
  }

  private static Bytes take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] part = new byte[length];
    in.get(part);
    return Bytes.wrap(part);
  }
}
