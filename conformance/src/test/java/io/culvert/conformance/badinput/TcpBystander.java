package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.tcp.TcpClient;
import io.culvert.tcp.TcpClientOptions;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * An honest peer of the TCP message service: it publishes numbers all the time, one after the other
 * has come back, and must get each once, in order, and stay connected.
 */
final class TcpBystander {
  private static final int ROUNDS = 20;

  private final TcpClient client;
  private volatile long rounds;
  private volatile boolean leaving;
  private final Future<Void> going;

  private TcpBystander(TcpClient client) {
    this.client = client;
    this.going = go();
  }

  static TcpBystander join(Vertx vertx, int port, Dialect dialect, AuthPlugin auth) {
    TcpClient client =
        TcpClient.create(vertx, new TcpClientOptions().dialect(dialect).auth(auth));
    Await.result("a connection", client.connect("127.0.0.1", port).toCompletionStage());
    Await.result("a subscription", client.subscribe("bystander").toCompletionStage());
    return new TcpBystander(client);
  }

  private Future<Void> go() {
    if (leaving) {
      return Future.succeededFuture();
    }
    String number = String.valueOf(rounds);
    Future<Message> told = client.receiveOnce().map(received -> received.orElseThrow());
    return client
        .request(Message.of(MessageType.PUBLISH_URI, "bystander", number))
        .compose(published -> told)
        .compose(
            message -> {
              if (!message.content().toUtf8().equals(number)) {
                return Future.failedFuture(message.content().toUtf8() + " instead of " + number);
              }
              rounds++;
              return go();
            });
  }

  /** It goes on, and has gone on all the time. */
  void isWell() {
    long end = rounds + ROUNDS;
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Await.LIMIT.toMillis());
    while (rounds < end) {
      assertThat(going.failed()).as(String.valueOf(going.cause())).isFalse();
      assertThat(System.nanoTime()).as("it goes on").isLessThan(until);
      Thread.onSpinWait();
    }
  }

  void leave() {
    leaving = true;
    Await.result("its last round", going.toCompletionStage());
    Await.result("its end", client.close().toCompletionStage());
  }
}
