package io.culvert.conformance.scene;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Many numbered messages on one topic, sent with overlapping acknowledgements. */
public record Burst(String topic, String label, int qos, int count) {

  public Burst(String topic, int qos, int count) {
    this(topic, "burst", qos, count);
  }

  /** Messages under way at a time: more than one, less than any client's or broker's limit. */
  private static final int IN_FLIGHT = 50;

  /** The payloads in the order of sending. */
  public List<String> texts() {
    return IntStream.range(0, count).mapToObj(this::text).toList();
  }

  /** Publishes all and returns when the broker owns the last one. */
  public void publishFrom(Peer publisher) {
    Semaphore window = new Semaphore(IN_FLIGHT);
    List<CompletableFuture<Void>> sent = new ArrayList<>(count);
    try {
      for (int i = 0; i < count; i++) {
        if (!window.tryAcquire(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new AssertionError("no acknowledgement while " + i + " of " + count + " were sent");
        }
        sent.add(
            publisher
                .publish(Message.of(topic, text(i), qos))
                .whenComplete((nothing, failure) -> window.release()));
      }
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    Await.result(
        "all acknowledged", CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)));
  }

  private String text(int number) {
    return label + " qos " + qos + " number " + number;
  }
}
