package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Joins the pieces of an outbox in one direct buffer for one socket write. One per shard.
 *
 * <p>Most writes are taken by the kernel at once; then one buffer serves all connections of a shard
 * in turn, and nothing is allocated. What the kernel does not take stays in its buffer, and that is
 * away until the peer has read: hence a few. When all are away, a buffer of the right size comes
 * from the pool, so that a crowd of slow peers pins no more than what waits for them.
 */
final class DirectSink implements Outbox.Sink {
  /** Slow peers at a time that cost the others nothing. */
  private static final int REUSED = 4;

  private final ByteBuf[] reused = new ByteBuf[REUSED];
  private ByteBuf out = Unpooled.EMPTY_BUFFER;

  DirectSink() {
    for (int i = 0; i < REUSED; i++) {
      // JDK buffers: they live as long as the shard, and no leak detector counts them.
      reused[i] = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(Connection.WRITE_BYTES));
    }
    // What the pool needs for its first buffer is loaded now, and not when nobody reads.
    ByteBufAllocator.DEFAULT.directBuffer(1).release();
  }

  /** Drains up to {@code limitBytes} of a non-empty outbox to a buffer that the caller releases. */
  ByteBuf drain(Outbox outbox, int limitBytes, ByteBufAllocator allocator) {
    int length = (int) Math.min(limitBytes, outbox.pendingBytes());
    ByteBuf buffer = take(length, allocator);
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

  private ByteBuf take(int length, ByteBufAllocator allocator) {
    if (length <= Connection.WRITE_BYTES) {
      for (ByteBuf buffer : reused) {
        if (buffer.refCnt() == 1) {
          return buffer.clear().retain();
        }
      }
    }
    return allocator.directBuffer(length, length);
  }
}
