package io.culvert.client;

import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter that the client has subscribed to, or wants to, with the handles that share it. */
final class Wanted {
  final String filter;
  final int identifier;
  final List<Subscription> handles = new ArrayList<>(1);

  /** Handles whose SUBACK has not come. */
  final List<Waiting> waiting = new ArrayList<>(1);

  @Nullable QoS granted;

  Wanted(String filter, int identifier) {
    this.filter = filter;
    this.identifier = identifier;
  }

  /** A handle that waits for the server's answer. */
  record Waiting(Subscription handle, Promise<Subscription> promise) {}
}
