package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** Joins the pieces of an outbox in one direct buffer for one socket write. One per shard. */
final class DirectSink implements Outbox.Sink {
  private ByteBuf out = Unpooled.EMPTY_BUFFER;

  /** Drains up to {@code limitBytes} of a non-empty outbox to a buffer that the caller owns. */
  ByteBuf drain(Outbox outbox, int limitBytes, ByteBufAllocator allocator) {
    int length = (int) Math.min(limitBytes, outbox.pendingBytes());
    ByteBuf buffer = allocator.directBuffer(length, length);
    out = buffer;
    outbox.drainTo(this, length);
    out = Unpooled.EMPTY_BUFFER;
    return buffer;
  }

  @Override
  public void copied(byte[] array, int start, int length) {
    out.writeBytes(array, start, length);
  }

  @Override
  public void shared(Bytes bytes) {
    out.writeBytes(bytes.array(), bytes.start(), bytes.length());
  }
}
