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
import io.vertx.core.Promise;
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
  private final Promise<Void> end = Promise.promise();

  private TcpBystander(TcpClient client) {
    this.client = client;
  }

  static TcpBystander join(Vertx vertx, int port, Dialect dialect, AuthPlugin auth) {
    TcpClient client = TcpClient.create(vertx, new TcpClientOptions().dialect(dialect).auth(auth));
    Await.result("a connection", client.connect("127.0.0.1", port).toCompletionStage());
    Await.result("a subscription", client.subscribe("bystander").toCompletionStage());
    TcpBystander bystander = new TcpBystander(client);
    bystander.round();
    return bystander;
  }

  private void round() {
    String number = String.valueOf(rounds);
    Future<Message> told = client.receiveOnce().map(received -> received.orElseThrow());
    client
        .request(Message.of(MessageType.PUBLISH_URI, "bystander", number))
        .compose(published -> told)
        .onFailure(end::tryFail)
        .onSuccess(message -> heard(number, message.content().toUtf8()));
  }

  private void heard(String expected, String number) {
    if (!number.equals(expected)) {
      end.tryFail(number + " instead of " + expected);
    } else if (leaving) {
      end.complete();
    } else {
      rounds++;
      round();
    }
  }

  /** It goes on, and has gone on all the time. */
  void isWell() {
    long wanted = rounds + ROUNDS;
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Await.LIMIT.toMillis());
    while (rounds < wanted) {
      assertThat(end.future().failed()).as(String.valueOf(end.future().cause())).isFalse();
      assertThat(System.nanoTime()).as("it goes on").isLessThan(until);
      Thread.onSpinWait();
    }
  }

  void leave() {
    leaving = true;
    Await.result("its last round", end.future().toCompletionStage());
    Await.result("its end", client.close().toCompletionStage());
  }
}
