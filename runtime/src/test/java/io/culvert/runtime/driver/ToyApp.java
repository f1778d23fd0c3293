package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Echoes frames unless told otherwise, and records what happens. */
final class ToyApp implements Application<ToyEngine.Event, ToyEngine> {
  record Closed(ToyEngine engine, Throwable cause) {}

  final BlockingQueue<ToyEngine> opened = new LinkedBlockingQueue<>();
  final BlockingQueue<Closed> closed = new LinkedBlockingQueue<>();
  final BlockingQueue<ToyEngine.Event> events = new LinkedBlockingQueue<>();
  volatile Consumer<ToyEngine> onOpen = engine -> {};
  volatile Consumer<ToyEngine> onClosed = engine -> {};
  volatile BiConsumer<ToyEngine, Bytes> onFrame = ToyEngine::send;

  @Override
  public ToyEngine open(Peer peer, Wake wake, Shard shard) {
    ToyEngine engine = new ToyEngine(peer, wake, shard.buffers());
    onOpen.accept(engine);
    opened.add(engine);
    return engine;
  }

  @Override
  public void event(ToyEngine engine, ToyEngine.Event event, long nowMillis) {
    if (event instanceof ToyEngine.Event.Frame frame) {
      onFrame.accept(engine, frame.payload());
    } else {
      events.add(event);
    }
  }

  @Override
  public void closed(ToyEngine engine, long nowMillis, Throwable cause) {
    closed.add(new Closed(engine, cause));
    onClosed.accept(engine);
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came");
    }
    return next;
  }
}
