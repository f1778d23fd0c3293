package io.culvert.client;

import io.vertx.core.Handler;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells the log and the application how it stands with the connection. On the event loop only. */
final class ConnectionChanges {
  private final Supplier<String> clientId;
  private @Nullable Handler<ConnectionChange> handler;

  ConnectionChanges(Supplier<String> clientId) {
    this.clientId = clientId;
  }

  void handler(@Nullable Handler<ConnectionChange> next) {
    handler = next;
  }

  void connected(boolean sessionPresent) {
    tell(new ConnectionChange(ConnectionChange.State.CONNECTED, sessionPresent, null, -1));
  }

  /** The application has ended it. */
  void disconnected() {
    tell(new ConnectionChange(ConnectionChange.State.DISCONNECTED, false, null, -1));
  }

  void tell(ConnectionChange change) {
    MqttClientException cause = change.cause();
    if (cause != null) {
      MqttClient.LOG.info(
          "Client {} is {}{}: {}",
          clientId.get(),
          change.state(),
          change.nextAttemptMillis() < 0 ? "" : " in " + change.nextAttemptMillis() + " ms",
          cause.getMessage());
    }
    @Nullable Handler<ConnectionChange> told = handler;
    if (told != null) {
      Told.guarded("The connection handler of client " + clientId.get(), () -> told.handle(change));
    }
  }
}
