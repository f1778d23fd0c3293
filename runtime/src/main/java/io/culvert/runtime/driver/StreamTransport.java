package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.netty.buffer.Unpooled;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Any pair of Vert.x byte streams, for example of the same process. They call their handlers on the
 * shard's event loop, but perhaps in another context.
 */
final class StreamTransport implements Transport {
  private final Endpoint<?, ?> endpoint;
  private final ReadStream<Buffer> in;
  private final WriteStream<Buffer> out;
  private final Runnable close;
  private final Handler<Void> drained = ignored -> whenOpen(Connection::changed);
  private @Nullable Connection<?, ?> connection;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean closed;

  private StreamTransport(
      Endpoint<?, ?> endpoint, ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    this.endpoint = endpoint;
    this.in = in;
    this.out = out;
    this.close = close;
  }

  static void attach(
      Endpoint<?, ?> endpoint, ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    StreamTransport transport = new StreamTransport(endpoint, in, out, close);
    in.exceptionHandler(transport::broken);
    out.exceptionHandler(transport::broken);
    in.endHandler(ignored -> transport.ended());
    transport.open();
    in.handler(transport::received);
  }

  @Override
  public String transport() {
    return "stream";
  }

  @Override
  public @Nullable SocketAddress remote() {
    return null;
  }

  @Override
  public @Nullable SocketAddress local() {
    return null;
  }

  @Override
  public boolean isWritable() {
    if (closed) {
      return false;
    }
    if (out.writeQueueFull()) {
      out.drainHandler(drained);
      return false;
    }
    return true;
  }

  @Override
  public int write(Outbox outbox, int limitBytes) {
    HeapSink sink = new HeapSink((int) Math.min(limitBytes, outbox.pendingBytes()));
    outbox.drainTo(sink, sink.bytes.length);
    out.write(BufferInternal.buffer(Unpooled.wrappedBuffer(sink.bytes)));
    return sink.bytes.length;
  }

  @Override
  public void flush() {
    // A Vert.x stream sends what it is given.
  }

  @Override
  public void reading(boolean on) {
    if (on) {
      in.resume();
    } else {
      in.pause();
    }
  }

  @Override
  public void end() {
    out.end()
        .onComplete(
            done -> {
              outputEnded = true;
              closeWhenBothEnded();
            });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      close.run();
      whenOpen(Connection::gone);
    }
  }

  private void open() {
    ContextInternal previous = endpoint.shard().enter();
    try {
      connection = new Connection<>(endpoint, this);
    } catch (Throwable failure) {
      endpoint.counters().failures++;
      Shard.LOG.error("The application failed to open a connection of streams", failure);
      close();
    } finally {
      endpoint.shard().leave(previous);
    }
  }

  private void received(Buffer buffer) {
    whenOpen(
        target -> {
          byte[] scratch = endpoint.shard().scratch();
          int at = 0;
          while (at < buffer.length()) {
            int length = Math.min(buffer.length() - at, scratch.length);
            buffer.getBytes(at, at + length, scratch);
            target.received(scratch, 0, length);
            at += length;
          }
        });
  }

  private void ended() {
    inputEnded = true;
    whenOpen(Connection::inputEnded);
    closeWhenBothEnded();
  }

  private void broken(Throwable cause) {
    whenOpen(target -> target.broken(cause));
  }

  private void closeWhenBothEnded() {
    if (inputEnded && outputEnded) {
      close();
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
