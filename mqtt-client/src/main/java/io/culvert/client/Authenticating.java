package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientState;
import io.culvert.mqtt.client.RefusedException;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The enhanced authentication of a client on its present connection. On the event loop only. */
final class Authenticating {
  /** Told that this side does not trust the server; harmless for an older connection. */
  @FunctionalInterface
  interface Distrust {
    void of(ClientConnection connection, MqttClientException why);
  }

  private final Vertx vertx;
  private final @Nullable MqttAuthentication how;
  private final LongSupplier clock;
  private final Distrust distrust;
  private final Consumer<Runnable> loop;
  private MqttAuthentication.@Nullable Exchange exchange;
  private @Nullable Promise<Void> renewing;

  /**
   * @param loop runs something on the event loop: an authentication may end on any thread
   */
  Authenticating(
      Vertx vertx,
      @Nullable MqttAuthentication how,
      LongSupplier clock,
      Distrust distrust,
      Consumer<Runnable> loop) {
    this.vertx = vertx;
    this.how = how;
    this.clock = clock;
    this.distrust = distrust;
    this.loop = loop;
  }

  /** A connection begins: the data of its CONNECT, or null. */
  @Nullable Buffer begin() {
    MqttAuthentication.Exchange begun = how == null ? null : how.begin(vertx);
    exchange = begun;
    return begun == null ? null : begun.first();
  }

  /** CONNACK is good; whether the server is, is told by calling {@code trusted}. */
  void connected(ClientConnection from, Properties connAck, Runnable trusted) {
    MqttAuthentication.Exchange current = exchange;
    if (current == null) {
      trusted.run();
      return;
    }
    here(current.accepted(data(connAck)))
        .onSuccess(
            done -> {
              if (from.state() == ClientState.CONNECTED) {
                trusted.run();
              }
            })
        .onFailure(failure -> distrust.of(from, typed(failure)));
  }

  void received(ClientConnection from, ClientEvent.AuthReceived auth) {
    MqttAuthentication.Exchange current = exchange;
    if (current == null) {
      return;
    }
    Buffer data = data(auth.properties());
    if (auth.reasonCode() == ReasonCode.CONTINUE_AUTHENTICATION) {
      here(current.answer(data))
          .onSuccess(answer -> send(from, ReasonCode.CONTINUE_AUTHENTICATION, answer))
          .onFailure(failure -> distrust.of(from, typed(failure)));
      return;
    }
    Promise<Void> waiting = renewing;
    renewing = null;
    Future<Void> accepted = here(current.accepted(data));
    if (waiting != null) {
      accepted.onComplete(waiting);
    }
    accepted.onFailure(failure -> distrust.of(from, typed(failure)));
  }

  /** Authenticates again on an open connection. */
  Future<Void> again(ClientConnection current) {
    if (how == null || renewing != null) {
      return Future.failedFuture(
          new IllegalStateException(
              how == null
                  ? "the client has no MqttAuthentication"
                  : "an authentication is under way"));
    }
    MqttAuthentication.Exchange begun = how.begin(vertx);
    try {
      current.auth(ReasonCode.REAUTHENTICATE, properties(begun.first()), clock.getAsLong());
    } catch (RefusedException refused) {
      return Future.failedFuture(MqttClientException.refused(refused));
    }
    Promise<Void> promise = Promise.promise();
    exchange = begun;
    renewing = promise;
    return promise.future();
  }

  void disconnected(MqttClientException cause) {
    Promise<Void> waiting = renewing;
    renewing = null;
    if (waiting != null) {
      waiting.tryFail(cause);
    }
  }

  /** The same future, but what follows is done on the event loop, whoever completes it. */
  private <T> Future<T> here(Future<T> anywhere) {
    Promise<T> here = Promise.promise();
    anywhere.onComplete(done -> loop.accept(() -> here.handle(done)));
    return here.future();
  }

  private void send(ClientConnection to, ReasonCode code, @Nullable Buffer data) {
    if (to.state() == ClientState.DISCONNECTED) {
      return;
    }
    try {
      to.auth(code, properties(data), clock.getAsLong());
    } catch (RefusedException refused) {
      distrust.of(to, MqttClientException.refused(refused));
    }
  }

  private static MqttClientException typed(Throwable failure) {
    return failure instanceof MqttClientException own
        ? own
        : MqttClientException.of(
            MqttClientFailure.AUTHENTICATION_FAILED,
            "the authentication failed: " + failure,
            failure);
  }

  private static Properties properties(@Nullable Buffer data) {
    return data == null
        ? Properties.EMPTY
        : Properties.builder()
            .put(Property.AUTHENTICATION_DATA, Bytes.wrap(data.getBytes()))
            .build();
  }

  private static @Nullable Buffer data(Properties properties) {
    Bytes bytes = properties.binary(Property.AUTHENTICATION_DATA);
    return bytes == null ? null : Buffer.buffer(bytes.toByteArray());
  }
}
