package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.vertx.core.Vertx;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose connection is flushed first in a pass: by what it has something to send. */
class AnswerOrderTest {
  private final Vertx vertx = Vertx.vertx();
  private final Shard shard = Shard.currentOrNew(vertx);
  private final BlockingQueue<String> flushed = new LinkedBlockingQueue<>();
  private final ToyApp app = new ToyApp();
  private final Endpoint<ToyEngine.Event, ToyEngine> endpoint = Endpoint.unlimited(shard, app);

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void whoWasReadIsFlushedAfterThoseWhoGetMessages() throws Exception {
    app.onFrame = (engine, payload) -> engine.outbox().copy(payload); // which wakes nobody
    shard
        .context()
        .runOnContext(
            opened -> {
              Connection<?, ?> publisher = connection("publisher");
              Connection<?, ToyEngine> reader = connection("reader");
              shard.atEndOfPass( // when both were flushed for the first time
                  () ->
                      shard
                          .context()
                          .runOnContext(
                              read -> {
                                byte[] sent = ToyEngine.frame(new byte[] {1});
                                publisher.received(sent, 0, sent.length);
                                reader.engine().send(Bytes.utf8("message"));
                              }));
            });

    assertThat(List.of(ToyApp.next(flushed), ToyApp.next(flushed)))
        .containsExactly("reader", "publisher");
  }

  private Connection<ToyEngine.Event, ToyEngine> connection(String name) {
    return new Connection<>(endpoint, new Named(name));
  }

  /** Takes all, and tells whose it is. */
  private final class Named implements Transport {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public int write(Outbox outbox, int limitBytes) {
      int bytes = (int) outbox.pendingBytes();
      outbox.clear();
      return bytes;
    }

    @Override
    public void flush() {
      flushed.add(name);
    }

    @Override
    public void reading(boolean on) {}

    @Override
    public void end() {}

    @Override
    public void close() {}

    @Override
    public String transport() {
      return "none";
    }

    @Override
    public SocketAddress remote() {
      return null;
    }

    @Override
    public SocketAddress local() {
      return null;
    }
  }
}
