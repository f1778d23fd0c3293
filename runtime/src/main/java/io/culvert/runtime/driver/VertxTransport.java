package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.netty.buffer.Unpooled;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.WriteStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the transports over Vert.x streams have in common. Their handlers are called on the shard's
 * event loop, but perhaps in another context.
 */
abstract class VertxTransport implements Transport {
  final Endpoint<?, ?> endpoint;
  private final WriteStream<Buffer> out;
  private final Handler<Void> drained = ignored -> changed();
  private @Nullable Connection<?, ?> connection;
  private boolean closed;

  VertxTransport(Endpoint<?, ?> endpoint, WriteStream<Buffer> out) {
    this.endpoint = endpoint;
    this.out = out;
  }

  /** Opens the engine; on failure the stream is closed. */
  final void open() {
    ContextInternal previous = endpoint.shard().enter();
    try {
      connection = new Connection<>(endpoint, this);
    } catch (Throwable failure) {
      endpoint.notOpened();
      endpoint.counters().failures++;
      Shard.LOG.error("The application failed to open a connection of {}", remote(), failure);
      close();
    } finally {
      endpoint.shard().leave(previous);
    }
  }

  @Override
  public String toString() {
    return String.valueOf(remote());
  }

  @Override
  public final boolean isWritable() {
    if (closed) {
      return false;
    }
    if (isStreamClosed()) {
      return true; // else who waits for room, and is not read meanwhile, waits for ever
    }
    if (out.writeQueueFull()) {
      out.drainHandler(drained);
      return false;
    }
    return true;
  }

  @Override
  public final int write(Outbox outbox, int limitBytes) {
    HeapSink sink = new HeapSink((int) Math.min(limitBytes, outbox.pendingBytes()));
    outbox.drainTo(sink, sink.bytes.length);
    if (isStreamClosed()) {
      return sink.bytes.length;
    }
    out.write(BufferInternal.buffer(Unpooled.wrappedBuffer(sink.bytes)));
    return sink.bytes.length;
  }

  @Override
  public final void flush() {
    // A Vert.x stream sends what it is given.
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      closeStream();
    }
  }

  /**
   * True when the stream is closed already, whether or not it has told so: it may not be asked
   * then, and what is still written is thrown away.
   */
  boolean isStreamClosed() {
    return false;
  }

  /** Closes at once; the stream, or this method, reports by {@link #gone}. */
  abstract void closeStream();

  final void received(Buffer buffer) {
    whenOpen(target -> hand(target, buffer));
  }

  final void inputEnded() {
    whenOpen(Connection::inputEnded);
  }

  final void broken(Throwable cause) {
    whenOpen(target -> target.broken(cause));
  }

  final void changed() {
    whenOpen(Connection::changed);
  }

  /** Sends what waits, then calls {@link #end()}. */
  final void endConnection() {
    whenOpen(Connection::end);
  }

  final void gone() {
    closed = true;
    whenOpen(Connection::gone);
  }

  final java.net.@Nullable SocketAddress convert(@Nullable SocketAddress address) {
    return address == null
        ? null
        : endpoint.shard().internalContext().owner().transport().convert(address);
  }

  private void hand(Connection<?, ?> target, Buffer buffer) {
    byte[] scratch = endpoint.shard().scratch();
    int at = 0;
    while (at < buffer.length()) {
      int length = Math.min(buffer.length() - at, scratch.length);
      buffer.getBytes(at, at + length, scratch);
      target.received(scratch, 0, length);
      at += length;
    }
  }

  private void whenOpen(Consumer<Connection<?, ?>> call) {
    Connection<?, ?> target = connection;
    if (target != null) {
      ContextInternal previous = endpoint.shard().enter();
      try {
        call.accept(target);
      } finally {
        endpoint.shard().leave(previous);
      }
    }
  }

  private static final class HeapSink implements Outbox.Sink {
    private final byte[] bytes;
    private int at;

    HeapSink(int length) {
      bytes = new byte[length];
    }

    @Override
    public void copied(byte[] array, int start, int length) {
      System.arraycopy(array, start, bytes, at, length);
      at += length;
    }

    @Override
    public void shared(Bytes shared) {
      shared.copyTo(bytes, at);
      at += shared.length();
    }
  }
}
