package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;

/** What is written can be read, in the same turn unless paused. Single-threaded. */
final class MemoryStream implements ReadStream<Buffer>, WriteStream<Buffer> {
  private final ArrayDeque<Buffer> queue = new ArrayDeque<>();
  private Handler<Buffer> handler;
  private Handler<Void> endHandler = ignored -> {};
  private Handler<Void> drainHandler = ignored -> {};
  private int maxQueued = 16;
  private boolean ended;
  private boolean endTold;
  boolean paused;

  int queued() {
    return queue.size();
  }

  @Override
  public Future<Void> write(Buffer data) {
    queue.add(data);
    pump();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    ended = true;
    pump();
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return queue.size() >= maxQueued;
  }

  @Override
  public MemoryStream setWriteQueueMaxSize(int maxSize) {
    maxQueued = maxSize;
    return this;
  }

  @Override
  public MemoryStream drainHandler(Handler<Void> told) {
    drainHandler = told;
    return this;
  }

  @Override
  public MemoryStream exceptionHandler(Handler<Throwable> told) {
    return this;
  }

  @Override
  public MemoryStream handler(Handler<Buffer> told) {
    handler = told;
    pump();
    return this;
  }

  @Override
  public MemoryStream endHandler(Handler<Void> told) {
    if (told != null) {
      endHandler = told;
    }
    return this;
  }

  @Override
  public MemoryStream pause() {
    paused = true;
    return this;
  }

  @Override
  public MemoryStream resume() {
    paused = false;
    pump();
    return this;
  }

  @Override
  public MemoryStream fetch(long amount) {
    return resume();
  }

  private void pump() {
    boolean wasFull = writeQueueFull();
    while (!paused && handler != null && !queue.isEmpty()) {
      handler.handle(queue.remove());
    }
    if (wasFull && !writeQueueFull()) {
      drainHandler.handle(null);
    }
    if (ended && !endTold && !paused && queue.isEmpty()) {
      endTold = true;
      endHandler.handle(null);
    }
  }
}
