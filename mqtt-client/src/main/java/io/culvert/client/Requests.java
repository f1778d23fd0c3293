package io.culvert.client;

import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Requests whose responses are awaited (MQTT 5 section 4.10). On the event loop only. */
final class Requests {
  /** More would be a mistake of the caller rather than a need. */
  static final int MOST = 65_536;

  private static final String DEFAULT_PREFIX = "culvert/responses/";

  private final Vertx vertx;
  private final MqttClient client;
  private final Map<Buffer, Waiting> waiting = new HashMap<>();
  private @Nullable Future<Subscription> subscribing;
  private long last;

  Requests(Vertx vertx, MqttClient client) {
    this.vertx = vertx;
    this.client = client;
  }

  /** The time counts from now on, also while the request waits for a connection. */
  Future<ReceivedMessage> request(OutgoingMessage message, long timeoutMillis) {
    if (timeoutMillis < 1) {
      return Future.failedFuture(
          new IllegalArgumentException("a request waits at least 1 ms, not " + timeoutMillis));
    }
    if (waiting.size() >= MOST) {
      return Future.failedFuture(
          MqttClientException.of(
              MqttClientFailure.QUEUE_FULL, MOST + " requests wait for their responses"));
    }
    Buffer correlation = Buffer.buffer().appendLong(++last);
    Promise<ReceivedMessage> promise = Promise.promise();
    long timer = vertx.setTimer(timeoutMillis, id -> timedOut(correlation, message, timeoutMillis));
    waiting.put(correlation, new Waiting(promise, timer));
    subscribed()
        .compose(responses -> send(message, responses.filter(), correlation))
        .onFailure(failure -> failed(correlation, failure));
    return promise.future();
  }

  /** No more responses come. */
  void end(Throwable why) {
    subscribing = null;
    List.copyOf(waiting.keySet()).forEach(correlation -> failed(correlation, why));
  }

  private Future<?> send(OutgoingMessage message, String responseTopic, Buffer correlation) {
    return waiting.containsKey(correlation)
        ? client.publish(message.withResponseTopic(responseTopic).withCorrelationData(correlation))
        : Future.succeededFuture(); // nobody waits any more
  }

  private Future<Subscription> subscribed() {
    Future<Subscription> open = subscribing;
    if (open == null) {
      ServerTerms terms = client.serverTerms();
      String prefix = terms == null ? null : terms.responseInformation();
      String begin =
          prefix == null || prefix.isEmpty()
              ? DEFAULT_PREFIX
              : prefix.endsWith("/") ? prefix : prefix + "/";
      open =
          client
              .subscribe(begin + UUID.randomUUID(), QoS.AT_LEAST_ONCE, this::responded)
              .onSuccess(responses -> responses.exceptionHandler(this::end));
      subscribing = open;
      open.onFailure(failure -> subscribing = null);
    }
    return open;
  }

  private void responded(ReceivedMessage response) {
    Buffer correlation = response.correlationData();
    Waiting found = correlation == null ? null : take(correlation);
    if (found == null) {
      MqttClient.LOG.debug("Client {}: a response comes late or twice", client.clientId());
    } else {
      Told.complete(found.promise, response);
    }
  }

  private void failed(Buffer correlation, Throwable why) {
    Waiting found = take(correlation);
    if (found != null) {
      Told.fail(found.promise, why);
    }
  }

  private void timedOut(Buffer correlation, OutgoingMessage message, long timeoutMillis) {
    failed(
        correlation,
        MqttClientException.of(
            MqttClientFailure.TIMEOUT,
            "no response to the request to "
                + message.topic()
                + " within "
                + timeoutMillis
                + " ms"));
  }

  private @Nullable Waiting take(Buffer correlation) {
    Waiting found = waiting.remove(correlation);
    if (found != null) {
      vertx.cancelTimer(found.timer);
    }
    return found;
  }

  private record Waiting(Promise<ReceivedMessage> promise, long timer) {}
}
