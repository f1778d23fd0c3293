package io.culvert.launcher;

import io.culvert.client.ConnectionChange;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One client with threads of its own, for the thread of a command. */
final class ClientRun {
  private static final int CLOSE_SECONDS = 5;

  private final Vertx vertx;
  private final MqttClient client;
  private final Console console;

  private ClientRun(Vertx vertx, MqttClient client, Console console) {
    this.vertx = vertx;
    this.client = client;
    this.console = console;
  }

  /** Connects; fails with what the network or the server said. */
  static ClientRun connect(MqttClientOptions options, Console console)
      throws StartException, InterruptedException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    ClientRun run;
    try {
      run = new ClientRun(vertx, MqttClient.create(vertx, options), console);
    } catch (IllegalArgumentException e) {
      end(vertx);
      throw StartException.usage(String.valueOf(e.getMessage()));
    }
    try {
      await(run.client.connect());
    } catch (StartException e) {
      end(vertx);
      throw e;
    }
    run.client.connectionHandler(run::tell);
    return run;
  }

  MqttClient client() {
    return client;
  }

  /** Waits; fails with what the server or the network said. */
  static <T> T await(Future<T> future) throws StartException, InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw StartException.failure(Reason.of(e));
    }
  }

  /** Says goodbye, if the network still lets it, and ends the threads. */
  void close() throws InterruptedException {
    if (!hasDone(client.close())) {
      console.fail("the connection did not end in order");
    }
    end(vertx);
  }

  private static void end(Vertx vertx) throws InterruptedException {
    boolean unused = hasDone(vertx.close()); // the process ends in any case
  }

  /** Waits for an end; false if it was none in order, or takes too long. */
  static boolean hasDone(Future<Void> closing) throws InterruptedException {
    try {
      closing.toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private void tell(ConnectionChange change) {
    MqttClientException cause = change.cause();
    switch (change.state()) {
      case CONNECTED -> console.err().println("connected again");
      case RECONNECTING ->
          console
              .err()
              .printf(
                  Locale.ROOT,
                  "%s; trying again in %.1f s%n",
                  cause == null ? "not connected" : cause.getMessage(),
                  change.nextAttemptMillis() / 1000.0);
      case DISCONNECTED -> {
        if (cause != null) {
          console.err().println(cause.getMessage());
        }
      }
    }
  }
}
