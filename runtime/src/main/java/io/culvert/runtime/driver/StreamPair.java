package io.culvert.runtime.driver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Two ends of a connection within one event loop: what is written to one is read at the other, in a
 * later task. An end is full while 64 KiB wait for its peer.
 */
public final class StreamPair {
  /** As much as a socket takes. */
  private static final int FULL_BYTES = 64 * 1024;

  private final Context context;
  private final End first = new End();
  private final End second = new End();

  private StreamPair(Context context) {
    this.context = context;
  }

  /** For this event loop, on which everything happens. */
  public static StreamPair on(Context context) {
    return new StreamPair(context);
  }

  public End first() {
    return first;
  }

  public End second() {
    return second;
  }

  /** One end, to read from and to write to. */
  public final class End implements ReadStream<Buffer>, WriteStream<Buffer> {
    private final Queue<Buffer> waiting = new ArrayDeque<>(4);
    private int waitingBytes;
    private boolean paused;
    private boolean scheduled;
    private boolean inputEnded;
    private boolean closed;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Void> drainHandler;

    private End() {}

    /** Neither reads nor writes any more; the peer reads to the end of what was written. */
    public void close() {
      closed = true;
      waiting.clear();
      waitingBytes = 0;
      other().endInput();
    }

    @Override
    public End exceptionHandler(@Nullable Handler<Throwable> ignored) {
      return this; // nothing breaks in memory
    }

    @Override
    public End handler(@Nullable Handler<Buffer> changed) {
      handler = changed;
      schedule();
      return this;
    }

    @Override
    public End endHandler(@Nullable Handler<Void> changed) {
      endHandler = changed;
      return this;
    }

    @Override
    public End pause() {
      paused = true;
      return this;
    }

    @Override
    public End resume() {
      paused = false;
      schedule();
      return this;
    }

    @Override
    public End fetch(long amount) {
      return resume();
    }

    @Override
    public Future<Void> write(Buffer data) {
      other().offer(data);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
      other().endInput();
      return Future.succeededFuture();
    }

    @Override
    public End setWriteQueueMaxSize(int ignored) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return other().waitingBytes >= FULL_BYTES;
    }

    @Override
    public End drainHandler(@Nullable Handler<Void> changed) {
      drainHandler = changed;
      return this;
    }

    private End other() {
      return this == first ? second : first;
    }

    private void offer(Buffer data) {
      if (!closed && !inputEnded) {
        waiting.add(data);
        waitingBytes += data.length();
        schedule();
      }
    }

    private void endInput() {
      inputEnded = true;
      schedule();
    }

    private void schedule() {
      if (!scheduled && !paused && handler != null && (inputEnded || !waiting.isEmpty())) {
        scheduled = true;
        context.runOnContext(now -> deliver());
      }
    }

    private void deliver() {
      scheduled = false;
      Handler<Buffer> reader = handler;
      while (reader != null && !paused && !waiting.isEmpty()) {
        Buffer next = waiting.remove();
        waitingBytes -= next.length();
        reader.handle(next);
      }
      @Nullable Handler<Void> drained = other().drainHandler;
      if (drained != null && waitingBytes < FULL_BYTES / 2) {
        other().drainHandler = null;
        Future.<Void>succeededFuture().onSuccess(drained);
      }
      @Nullable Handler<Void> atEnd = endHandler;
      if (inputEnded && waiting.isEmpty() && atEnd != null) {
        endHandler = null;
        Future.<Void>succeededFuture().onSuccess(atEnd);
      }
    }
  }
}
