package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReusedReadBufferTest {
  private final ReusedReadBuffer readBuffer = new ReusedReadBuffer();
  private final EmbeddedChannel socket = new EmbeddedChannel();

  @Test
  void aSocketIsReadOnceInATurnHoweverMuchIsInIt() {
    assertThat(readsOfOneSocket()).isEqualTo(1);
    assertThat(readsOfOneSocket()).as("the next turn").isEqualTo(1);
  }

  /** There is always more in it. */
  private int readsOfOneSocket() {
    ReusedReadBuffer.SharedHandle handle = readBuffer.newHandle();
    handle.reset(socket.config());
    int reads = 0;
    do {
      ByteBuf buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
      handle.attemptedBytesRead(buffer.writableBytes());
      handle.lastBytesRead(buffer.writableBytes());
      handle.incMessagesRead(1);
      buffer.release();
      reads++;
    } while (handle.continueReading());
    return reads;
  }
}
