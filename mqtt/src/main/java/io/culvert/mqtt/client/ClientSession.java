package io.culvert.mqtt.client;

import io.culvert.mqtt.client.ClientEvent.LostMessage;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client keeps between connections: messages that are not acknowledged, received QoS 2
 * identifiers, messages that wait, and the subscriptions. A new {@link ClientConnection} on the
 * same session resumes it; one at a time. Single-threaded.
 */
public final class ClientSession {
  /** Enough to bridge a short loss of the connection, little enough to fit a small device. */
  public static final int DEFAULT_QUEUE_LIMIT = 1_000;

  final OutboundWindow window = new OutboundWindow(OutboundWindow.MAXIMUM_CAPACITY);
  final ReceivedIds received = new ReceivedIds();

  /** Those of the received that the server may use for something else by now. */
  private final ReceivedIds doubted = new ReceivedIds();

  /**
   * Where the server may still have QoS 2 messages that this session knows nothing of, the
   * identifiers that are not theirs; else null.
   */
  private @Nullable ReceivedIds knownFree;

  final Deque<Waiting> queue = new ArrayDeque<>();
  private final Subscriptions subscriptions = new Subscriptions();
  private final int queueLimit;

  private String clientId = "";
  private boolean established;
  private @Nullable ClientConnection owner;

  private ClientSession(int queueLimit, boolean established) {
    this.queueLimit = queueLimit;
    this.established = established;
    this.knownFree = established ? new ReceivedIds() : null;
  }

  /**
   * A client without session state: a server that resumes one for it is refused [MQTT5-3.2.2-4].
   *
   * @param queueLimit how many QoS 1 and 2 messages may wait behind a full window
   */
  public static ClientSession create(int queueLimit) {
    return new ClientSession(queueLimit, false);
  }

  /**
   * A client whose memory of the session is gone, or was {@linkplain #restore written down}: a
   * server may resume the session. Before an identifier is used for a first QoS 2 message, the
   * server is told to release what an earlier process may have left under it: else it would take
   * the message for a repetition, and acknowledge what it never delivers.
   */
  public static ClientSession continuing(int queueLimit) {
    return new ClientSession(queueLimit, true);
  }

  /** The identifier of the last connection, assigned by the server or our own; empty before. */
  public String clientId() {
    return clientId;
  }

  public Subscriptions subscriptions() {
    return subscriptions;
  }

  /** QoS 1 and 2 messages that were sent and are not acknowledged. */
  public int inFlight() {
    return window.size();
  }

  /** QoS 1 and 2 messages that wait for room in the window. */
  public int queued() {
    return queue.size();
  }

  /** Whether {@link #reserveIdentifier} has one to give. */
  public boolean hasFreeIdentifier() {
    return window.hasFreeId();
  }

  /**
   * Takes a packet identifier for a message that is sent later, by {@link #send}; whoever wants to
   * send it exactly once, also after a crash, writes it down in between.
   */
  public int reserveIdentifier() {
    return window.reserve();
  }

  /** An identifier that was reserved is not needed. */
  public void giveBack(int packetId) {
    window.giveBack(packetId);
  }

  /**
   * Sends a message of QoS 1 or 2 under the identifier that was reserved for it, when the next
   * connection is there or this one has room: the connection is polled for that.
   */
  public void send(int packetId, Message message) {
    queue.add(new Waiting(packetId, Delivery.of(message, message.qos(), message.retain())));
  }

  /**
   * Adds a message that may have been sent before this session was, after those that were before
   * it. To be called before the first connection.
   *
   * @param message null when PUBREC had come: what is left is its release
   */
  public void restore(int packetId, @Nullable Message message) {
    becomesFree(packetId); // when this one is through
    window.restore(
        packetId, message == null ? null : Delivery.of(message, message.qos(), message.retain()));
  }

  /** Subscribes when the next connection is there; only while none exchanges messages. */
  public void subscribe(TopicFilter filter, SubscriptionOptions options, int identifier) {
    checkNotConnected();
    var unused = subscriptions.add(filter, new Subscribe.Entry(filter.text(), options), identifier);
  }

  /**
   * Unsubscribes, however often it was subscribed, with the next connection; only while none
   * exchanges messages.
   */
  public void unsubscribe(String filter) {
    checkNotConnected();
    Subscription known = subscriptions.find(filter);
    if (known != null) {
      subscriptions.countDown(Collections.nCopies(known.count(), filter));
    }
  }

  private void checkNotConnected() {
    if (owner != null && owner.isExchanging()) {
      throw new IllegalStateException("there is a connection: command that");
    }
  }

  int queueLimit() {
    return queueLimit;
  }

  boolean isEstablished() {
    return established;
  }

  /** Refuses a second connection at a time, and one of another client. */
  void checkFreeFor(String id) {
    if (owner != null) {
      throw new IllegalStateException("the session is in use by another connection");
    }
    if (established && !clientId.isEmpty() && !clientId.equals(id)) {
      throw new IllegalArgumentException("the session belongs to client " + clientId);
    }
  }

  void attach(ClientConnection connection) {
    owner = connection;
  }

  void detach(ClientConnection connection) {
    if (owner == connection) {
      owner = null;
    }
  }

  void established(String id) {
    established = true;
    clientId = id;
  }

  /**
   * Perhaps the server's session is not the one that this client knows: another client has had it,
   * or nobody saw the answer to a CONNECT that may have begun a new one.
   */
  void doubt() {
    subscriptions.doubt();
    for (int id : received.toArray()) {
      boolean unused = doubted.add(id);
    }
    knownFree = new ReceivedIds();
    for (int id = window.oldest(); id != 0; id = window.after(id)) {
      becomesFree(id); // sent again, which releases it
    }
  }

  /**
   * Whether a QoS 2 PUBLISH repeats one that was received [MQTT5-4.3.3-10]. The first one with an
   * identifier that is in doubt decides: what is sent for the first time is something else, for
   * whatever is sent again has DUP set [MQTT5-3.3.1-1].
   */
  boolean isRepetition(int packetId, boolean dup) {
    if (doubted.remove(packetId) && !dup) {
      boolean unused = received.remove(packetId);
    }
    return received.contains(packetId);
  }

  /** PUBREL has come; false when no such message was received. */
  boolean released(int packetId) {
    boolean unused = doubted.remove(packetId);
    return received.remove(packetId);
  }

  /** The server has no QoS 2 messages that this session knows nothing of. */
  boolean knowsAll() {
    return knownFree == null;
  }

  /** Whether the server may have a QoS 2 message under it that is not of this session. */
  boolean mayBeTaken(int packetId) {
    return knownFree != null && !knownFree.contains(packetId);
  }

  /** What the server may have had under it is released. */
  void becomesFree(int packetId) {
    if (knownFree != null) {
      boolean unused = knownFree.add(packetId);
    }
  }

  /** Drops what only a session that both sides have can finish [MQTT5-3.2.2-5]. */
  List<LostMessage> lose() {
    knownFree = null;
    received.clear();
    doubted.clear();
    List<LostMessage> lost = new ArrayList<>();
    window.resume(OutboundWindow.MAXIMUM_CAPACITY);
    int id;
    while ((id = window.nextToResend()) != 0) {
      Delivery delivery = window.published(id);
      lost.add(new LostMessage(id, delivery == null ? null : delivery.message()));
    }
    for (LostMessage message : lost) {
      window.close(message.packetId());
    }
    return lost;
  }

  /** A message that waits; its identifier is reserved. */
  record Waiting(int packetId, Delivery delivery) {}
}
