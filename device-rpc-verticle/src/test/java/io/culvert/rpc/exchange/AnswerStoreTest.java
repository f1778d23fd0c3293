package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.Timestamp;
import io.culvert.store.MemoryStore;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are kept in real stores. */
class AnswerStoreTest {
  private static final RequestId ID = RequestId.of(new UUID(1, 2));
  private static final long NOW_MILLIS = 1_000_000;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final BlockingQueue<ResponderEvent> events = new LinkedBlockingQueue<>();

  @TempDir Path folder;

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void answersOutliveTheProcessOnDisk() throws Exception {
    Bytes answer;
    try (Store store = open()) {
      Responder first = start(store);
      receive(first, Method.POST);
      Invocation invocation = next(ResponderEvent.Execute.class).invocation();
      thread.execute(
          () -> {
            first.answer(invocation.number(), Answer.created("jobs/7"), NOW_MILLIS);
            drain(first);
          });
      answer = next(ResponderEvent.Send.class).message().payload();
    }
    try (Store store = open()) {
      // Nobody knows whether it went out, so it goes again.
      Responder second = start(store);
      assertThat(next(ResponderEvent.Send.class).message().payload()).isEqualTo(answer);
      receive(second, Method.POST);
      assertThat(next(ResponderEvent.Send.class).message().payload()).isEqualTo(answer);
    }
  }

  @Test
  void whatWasBegunIsNotExecutedAgain() throws Exception {
    try (Store store = open()) {
      receive(start(store), Method.DELETE);
      next(ResponderEvent.Execute.class);
    }
    try (Store store = open()) {
      Responder second = start(store);
      Bytes answer = next(ResponderEvent.Send.class).message().payload();
      receive(second, Method.DELETE);
      assertThat(next(ResponderEvent.Send.class).message().payload()).isEqualTo(answer);
    }
  }

  @Test
  void inMemoryItIsTheSameAsLongAsTheStoreIsThere() throws Exception {
    try (Store store = MemoryStore.create()) {
      receive(start(store), Method.PUT);
      next(ResponderEvent.Execute.class);
      Responder second = start(store);
      Bytes answer = next(ResponderEvent.Send.class).message().payload();
      receive(second, Method.PUT);
      assertThat(next(ResponderEvent.Send.class).message().payload()).isEqualTo(answer);
    }
  }

  @Test
  void respondersShareAStoreAndNotTheirAnswers() throws Exception {
    try (Store store = MemoryStore.create()) {
      receive(start(store), Method.PUT);
      next(ResponderEvent.Execute.class);
      start(store, "device");
      start(store, "de");
      assertThat(events).isEmpty();
    }
  }

  private Store open() throws Exception {
    return RocksStore.open(folder.resolve("store"), StoreOptions.defaults(), StoreLog.SILENT);
  }

  private Responder start(Store store) throws Exception {
    return start(store, "dev");
  }

  private Responder start(Store store, String tag) throws Exception {
    Responder[] made = new Responder[1];
    thread
        .submit(
            () -> {
              Responder responder =
                  new Responder(
                      ResponderOptions.of(tag),
                      new AnswerJournal(store.journal(thread), tag),
                      () -> drain(made[0]));
              made[0] = responder;
              responder.load(NOW_MILLIS);
            })
        .get(30, TimeUnit.SECONDS);
    ResponderEvent event = events.poll(30, TimeUnit.SECONDS);
    BlockingQueue<ResponderEvent> before = new LinkedBlockingQueue<>();
    while (!(event instanceof ResponderEvent.Ready)) {
      before.add(event);
      event = events.poll(30, TimeUnit.SECONDS);
    }
    events.addAll(before);
    return made[0];
  }

  private void receive(Responder responder, Method method) {
    Request request =
        new Request(
            Header.of(ID, "jobs").withSource("me"), method, null, Timestamp.ofMillis(NOW_MILLIS));
    RpcMessage message =
        new RpcMessage(
            "gf_int_v1/axuv/request/dev/" + ID,
            PayloadCodec.DEFAULT.encode(request),
            1,
            60L,
            null,
            Bytes.utf8("c"));
    thread.execute(
        () -> {
          responder.receive(message, NOW_MILLIS);
          drain(responder);
        });
  }

  private void drain(Responder responder) {
    for (ResponderEvent event = responder.poll(); event != null; event = responder.poll()) {
      events.add(event);
    }
  }

  private <E> E next(Class<E> type) throws InterruptedException {
    return type.cast(events.poll(30, TimeUnit.SECONDS));
  }
}
