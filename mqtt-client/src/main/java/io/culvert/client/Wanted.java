package io.culvert.client;

import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A filter that the client has subscribed to, or wants to, with the handles that share it. */
final class Wanted {
  /** What is sent with the next connection has no packet identifier yet. */
  static final int NEXT_CONNECTION = 0;

  final String filter;
  final int identifier;
  final List<Subscription> handles = new ArrayList<>(1);

  /** Handles whose SUBACK has not come. */
  private final List<Waiting> waiting = new ArrayList<>(1);

  /** The packet identifier of the last SUBSCRIBE that named it. */
  private int lastPacketId = NEXT_CONNECTION;

  @Nullable QoS granted;

  Wanted(String filter, int identifier) {
    this.filter = filter;
    this.identifier = identifier;
  }

  /**
   * A handle waits for the server's answer.
   *
   * @param packetId of the SUBSCRIBE that was sent for it, or 0 where an earlier one was the same
   */
  void await(Subscription handle, Promise<Subscription> promise, int packetId) {
    if (packetId != NEXT_CONNECTION) {
      lastPacketId = packetId;
    }
    waiting.add(new Waiting(handle, promise, lastPacketId));
  }

  /** Those whom an answer is for wait no more. */
  List<Waiting> answered(int packetId) {
    return take(each -> each.packetId == packetId);
  }

  /** This handle waits no more. */
  List<Waiting> leaves(Subscription handle) {
    return take(each -> each.handle == handle);
  }

  /** Nobody waits any more. */
  List<Waiting> everybody() {
    return take(each -> true);
  }

  /** What was sent is not answered any more; the next connection asks again. */
  void disconnected() {
    lastPacketId = NEXT_CONNECTION;
    waiting.replaceAll(each -> new Waiting(each.handle, each.promise, NEXT_CONNECTION));
  }

  private List<Waiting> take(Predicate<Waiting> which) {
    List<Waiting> taken = waiting.stream().filter(which).toList();
    waiting.removeAll(taken);
    return taken;
  }

  /** A handle that waits for the server's answer. */
  record Waiting(Subscription handle, Promise<Subscription> promise, int packetId) {
    void granted() {
      Told.complete(promise, handle);
    }

    void failed(Throwable why) {
      Told.fail(promise, why);
    }
  }
}
