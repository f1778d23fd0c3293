package io.culvert.launcher.bench;

import io.vertx.core.buffer.Buffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The time at which a message was sent, in the first eight bytes of its payload. */
final class Stamp {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Stamp() {}

  static void write(byte[] payload, long nanos) {
    LONG.set(payload, 0, nanos);
  }

  /** 0 where the payload is too short for one. */
  static long read(Buffer payload) {
    return payload.length() < Long.BYTES ? 0 : payload.getLong(0);
  }
}
