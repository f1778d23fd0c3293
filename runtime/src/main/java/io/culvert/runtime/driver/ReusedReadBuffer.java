package io.culvert.runtime.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Lets every channel of one event loop read into the same direct buffer: reads of one loop follow
 * each other, and a {@link TcpTransport} has copied the bytes before its read ends. So a read
 * allocates nothing, an idle connection holds no buffer, and the buffer is so large that most reads
 * need one system call.
 *
 * <p>Only for pipelines whose first handler keeps no reference to what it reads.
 */
final class ReusedReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Bytes per read; beyond, one more read costs little beside handling the bytes. */
  static final int BYTES = 64 * 1024;

  /** Who has just become readable waits for the end of the turn. */
  private static final int READS_PER_TURN = 1;

  // Made from a JDK buffer: it lives as long as the shard, and no leak detector counts it.
  private final ByteBuf buffer = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(BYTES));
  private final SharedHandle handle = new SharedHandle();

  ReusedReadBuffer() {
    super(READS_PER_TURN);
  }

  @Override
  public SharedHandle newHandle() {
    return handle;
  }

  final class SharedHandle extends MaxMessageHandle {
    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return buffer.refCnt() == 1 ? buffer.clear().retain() : allocator.directBuffer(BYTES);
    }

    @Override
    public int guess() {
      return BYTES;
    }
  }
}
