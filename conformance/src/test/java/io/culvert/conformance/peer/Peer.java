package io.culvert.conformance.peer;

import java.util.concurrent.CompletableFuture;

/**
 * One MQTT client of somebody else. Calls come from the test's thread and block until the broker
 * has answered; a refusal or silence fails the test. A peer never reconnects by itself.
 */
public interface Peer extends AutoCloseable {

  /** What {@link #ended()} tells when the connection closed without a DISCONNECT packet. */
  int NO_REASON_CODE = -1;

  /**
   * Connects, for the first time or again; what the client remembers of a session is kept.
   *
   * @return the broker's Session Present flag
   */
  boolean connect(SessionKind session);

  void subscribe(String filter, int qos);

  void unsubscribe(String filter);

  /** Completes when the broker owns the message: PUBACK, PUBCOMP, or written at QoS 0. */
  CompletableFuture<Void> publish(Message message);

  Inbox inbox();

  /**
   * Completes when the present connection ends by the other side's doing: the reason code of the
   * broker's DISCONNECT, or {@link #NO_REASON_CODE}.
   */
  CompletableFuture<Integer> ended();

  /** A clean DISCONNECT. */
  void disconnect();

  /** Gives up the connection, if there still is one, and all that belongs to the client. */
  @Override
  void close();
}
