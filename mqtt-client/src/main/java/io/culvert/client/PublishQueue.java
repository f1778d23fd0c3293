package io.culvert.client;

import io.culvert.engine.Engine;
import io.culvert.engine.Journal;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent.LostMessage;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.Refusal;
import io.culvert.mqtt.client.RefusedException;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the client is to publish, from the call to its end: waiting without a connection
 * or behind a full window, under way, or put off after a refusal. Pure and single-threaded.
 *
 * <p>Messages of QoS 1 and 2 leave in the order in which they came; those of QoS 0 do not wait for
 * them. Each ends exactly once. What is durable is written down before, see {@link PublishRecords}.
 */
final class PublishQueue {
  /** A connection that is there, and a way to have it polled. */
  record Line(ClientConnection connection, Runnable wake) {}

  /**
   * Durable QoS 2 messages that have an identifier: more would leave none for others, and bring
   * nothing.
   */
  private static final int MOST_ASSIGNED = 2048;

  private final ClientSession session;
  private final PublishLimits limits;
  private final @Nullable PublishRecords records;
  private final LongSupplier clock;
  private final Deque<Outgoing> atQos0 = new ArrayDeque<>();
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private final Deque<Outgoing> storing = new ArrayDeque<>();
  private final PriorityQueue<PutOff> putOff = new PriorityQueue<>();
  private final UnderWay underWay = new UnderWay();
  private int heldMessages;
  private long heldBytes;
  private long lastNumber = Outgoing.NOT_DURABLE;
  private @Nullable Line line;

  /**
   * The first events of the connection were handled. Before that an identifier may be free for the
   * session that is still under way here: the event that tells that it was lost is to come.
   */
  private boolean mayBegin;

  private @Nullable MqttClientException closedBecause;

  /**
   * @param clock the time at which something is stored, in milliseconds
   */
  PublishQueue(
      ClientSession session,
      PublishLimits limits,
      @Nullable PublishRecords records,
      LongSupplier clock) {
    this.session = session;
    this.limits = limits;
    this.records = records;
    this.clock = clock;
  }

  // ---- what is to be published

  /** Publishes; the completion may be called before this returns. */
  void publish(Message message, boolean reliable, Outgoing.Completion completion, long nowMillis) {
    if (closedBecause != null) {
      completion.failed(closedBecause);
      return;
    }
    if (heldMessages >= limits.messages()
        || (heldBytes > 0 && heldBytes + message.heldBytes() > limits.bytes())) {
      completion.failed(
          MqttClientException.of(
              MqttClientFailure.QUEUE_FULL,
              heldMessages + " messages with " + heldBytes + " bytes wait to be published"));
      return;
    }
    PublishRecords store = records;
    if (!reliable || store == null) {
      accept(new Outgoing(message, completion, Outgoing.NOT_DURABLE), nowMillis);
      return;
    }
    if (store.health() != Journal.Health.READY) {
      completion.failed(
          MqttClientException.of(
              MqttClientFailure.QUEUE_FULL,
              "the store is " + store.health() + ": nothing is kept"));
      return;
    }
    Outgoing durable = new Outgoing(message, completion, ++lastNumber);
    hold(durable);
    storing.add(durable);
    store.add(
        durable.number,
        message,
        () -> {
          if (storing.remove(durable)) { // else the client was closed meanwhile
            waiting.add(durable);
            pump(clock.getAsLong());
          }
        });
  }

  /** Goes on with what an earlier process has left; before the first connection. */
  void restore(
      List<PublishRecords.Found> found, Function<Message, Outgoing.Completion> completions) {
    for (PublishRecords.Found one : found) {
      lastNumber = Math.max(lastNumber, one.number());
      Outgoing outgoing =
          new Outgoing(one.message(), completions.apply(one.message()), one.number());
      hold(outgoing);
      if (one.packetId() == 0) {
        waiting.add(outgoing);
      } else {
        session.restore(one.packetId(), one.received() ? null : one.message());
        underWay.put(one.packetId(), outgoing);
      }
    }
  }

  /** Ends everything that is not durable; those go on with the next process. */
  void close(MqttClientException why) {
    closedBecause = why;
    line = null;
    List<Outgoing> all = new ArrayList<>(atQos0);
    all.addAll(underWay.takeAll());
    all.addAll(waiting);
    all.addAll(storing);
    putOff.forEach(later -> all.add(later.outgoing));
    atQos0.clear();
    waiting.clear();
    storing.clear();
    putOff.clear();
    heldMessages = 0;
    heldBytes = 0;
    all.forEach(outgoing -> outgoing.completion.failed(why));
  }

  // ---- what the connection does

  /** A connection is there; {@link #pump} follows when its first events were handled. */
  void connected(Line current) {
    line = current;
    mayBegin = false;
  }

  void disconnected() {
    line = null;
  }

  /** Sends what there is room for. */
  void pump(long nowMillis) {
    Line current = line;
    if (current == null) {
      return;
    }
    mayBegin = true;
    ClientConnection connection = current.connection;
    while (!atQos0.isEmpty() && connection.hasRoomAtQos0()) {
      send(connection, atQos0.remove(), nowMillis);
    }
    if (!atQos0.isEmpty()) {
      connection.tellWhenThereIsRoom();
    }
    Outgoing next;
    while ((next = waiting.peek()) != null && connection.hasRoom()) {
      boolean exactlyOnce = next.isDurable() && qosOn(connection, next) == QoS.EXACTLY_ONCE;
      if (exactlyOnce && underWay.count() >= MOST_ASSIGNED) {
        break;
      }
      waiting.remove();
      if (exactlyOnce && records != null) {
        assign(records, next);
      } else {
        send(connection, next, nowMillis);
      }
    }
    if (!waiting.isEmpty() && underWay.count() == 0) {
      connection.tellWhenThereIsRoom(); // else an acknowledgement will tell
    }
  }

  void acknowledged(int packetId, ReasonCode code, Properties properties, long nowMillis) {
    Outgoing outgoing = underWay.take(packetId);
    if (outgoing != null) {
      // PUBCOMP alone can say that it does not know the identifier: to a PUBREL that was sent again
      // after PUBCOMP was lost. The server has had the message since PUBREC.
      if (!code.isError() || code == ReasonCode.PACKET_IDENTIFIER_NOT_FOUND) {
        release(outgoing);
        outgoing.completion.accepted(code, properties);
      } else {
        refused(outgoing, code, properties, nowMillis);
      }
    }
    pump(nowMillis);
  }

  /** PUBREC has come. */
  void received(int packetId, long nowMillis) {
    Line current = line;
    Outgoing outgoing = underWay.find(packetId);
    PublishRecords store = records;
    if (current == null) {
      return;
    }
    if (outgoing == null || !outgoing.isDurable() || store == null) {
      current.connection.release(packetId, nowMillis);
      return;
    }
    store.received(
        outgoing.number,
        packetId,
        () -> {
          Line present = line;
          if (present != null
              && present.connection
                  == current.connection) { // else it is published again, and answered as before
            current.connection.release(packetId, clock.getAsLong());
          }
        });
  }

  /** It cannot be sent on this connection. */
  void dropped(int packetId, Refusal refusal, Message message, long nowMillis) {
    Outgoing outgoing = underWay.take(packetId);
    if (outgoing != null) {
      release(outgoing);
      outgoing.completion.failed(
          new MqttClientException(
              refusal == Refusal.EXPIRED
                  ? MqttClientFailure.MESSAGE_EXPIRED
                  : MqttClientFailure.NOT_SUPPORTED,
              refusal.reasonCode(),
              Properties.EMPTY,
              refusal + ": PUBLISH to " + message.topic(),
              null));
    }
    pump(nowMillis); // there is room for another one
  }

  /** The server has forgotten these exchanges. */
  void sessionLost(List<LostMessage> lost, long nowMillis) {
    List<Outgoing> again = new ArrayList<>();
    for (LostMessage one : lost) {
      Outgoing outgoing = underWay.take(one.packetId());
      if (outgoing == null) {
        continue;
      }
      boolean mayRepeat = outgoing.message.qos() == QoS.AT_LEAST_ONCE || limits.republishLost();
      if (mayRepeat && one.message() != null) {
        if (outgoing.isDurable() && records != null) {
          records.unassign(outgoing.number);
        }
        again.add(outgoing);
      } else {
        release(outgoing);
        outgoing.completion.failed(
            MqttClientException.of(
                MqttClientFailure.SESSION_LOST,
                "the server has lost the session in the middle of a QoS 2 exchange;"
                    + " the message to "
                    + outgoing.message.topic()
                    + (one.message() == null ? " had been received" : " may have been received")));
      }
    }
    for (int i = again.size() - 1; i >= 0; i--) {
      waiting.addFirst(again.get(i));
    }
    pump(nowMillis);
  }

  // ---- time

  long deadlineMillis() {
    PutOff first = putOff.peek();
    return first == null || line == null ? Engine.NO_DEADLINE : first.dueMillis;
  }

  void timeout(long nowMillis) {
    List<Outgoing> due = new ArrayList<>();
    PutOff first;
    while ((first = putOff.peek()) != null && first.dueMillis <= nowMillis) {
      due.add(putOff.remove().outgoing);
    }
    due.sort(Comparator.comparingLong(outgoing -> -outgoing.number));
    due.forEach(waiting::addFirst); // the last that came first, so that they leave as they came
    pump(nowMillis);
  }

  // ---- queries

  /** Messages that have not ended. */
  int size() {
    return heldMessages;
  }

  private void accept(Outgoing outgoing, long nowMillis) {
    Line current = line;
    boolean isQos0 = outgoing.message.qos() == QoS.AT_MOST_ONCE;
    Deque<Outgoing> queue = isQos0 ? atQos0 : waiting;
    hold(outgoing);
    if (current != null
        && mayBegin
        && queue.isEmpty()
        && (isQos0 ? current.connection.hasRoomAtQos0() : current.connection.hasRoom())) {
      send(current.connection, outgoing, nowMillis);
      return;
    }
    queue.add(outgoing);
    if (current != null && (isQos0 || underWay.count() == 0)) { // else an acknowledgement tells
      current.connection.tellWhenThereIsRoom();
    }
  }

  private void send(ClientConnection connection, Outgoing outgoing, long nowMillis) {
    Message message = outgoing.message;
    if (message.isExpired(nowMillis)) {
      release(outgoing);
      outgoing.completion.failed(
          MqttClientException.of(
              MqttClientFailure.MESSAGE_EXPIRED, "PUBLISH to " + message.topic()));
      return;
    }
    int packetId;
    try {
      packetId = connection.publish(message, nowMillis);
    } catch (RefusedException refused) {
      release(outgoing);
      outgoing.completion.failed(MqttClientException.refused(refused));
      return;
    }
    if (packetId == 0) {
      release(outgoing);
      outgoing.completion.accepted(ReasonCode.SUCCESS, Properties.EMPTY);
    } else {
      underWay.put(packetId, outgoing);
    }
  }

  /** Exactly once, also after a crash: the identifier is written down before it is used. */
  private void assign(PublishRecords store, Outgoing outgoing) {
    int packetId = session.reserveIdentifier();
    underWay.put(packetId, outgoing);
    store.assign(
        outgoing.number,
        packetId,
        () -> {
          if (underWay.find(packetId) == outgoing) {
            session.send(packetId, outgoing.message);
            Line current = line;
            if (current != null) {
              current.wake.run();
            }
          } else {
            session.giveBack(packetId); // the client was closed
          }
        });
  }

  private void refused(Outgoing outgoing, ReasonCode code, Properties properties, long nowMillis) {
    outgoing.refusals++;
    if (outgoing.isDurable() && outgoing.refusals < limits.maximumAttempts()) {
      if (records != null) {
        records.unassign(outgoing.number);
      }
      putOff.add(new PutOff(nowMillis + limits.retryDelayMillis(outgoing.refusals), outgoing));
      return;
    }
    release(outgoing);
    outgoing.completion.failed(
        MqttClientException.said(
            MqttClientFailure.PUBLISH_REFUSED,
            "the server has refused the message to " + outgoing.message.topic(),
            code,
            properties));
  }

  private static QoS qosOn(ClientConnection connection, Outgoing outgoing) {
    return outgoing.message.qos().min(connection.maximumQos());
  }

  private void hold(Outgoing outgoing) {
    heldMessages++;
    heldBytes += outgoing.message.heldBytes();
  }

  /** It has ended, one way or the other. */
  private void release(Outgoing outgoing) {
    heldMessages--;
    heldBytes -= outgoing.message.heldBytes();
    if (outgoing.isDurable() && records != null) {
      records.remove(outgoing.number);
    }
  }

  /** A refused message that is tried again later. */
  private record PutOff(long dueMillis, Outgoing outgoing) implements Comparable<PutOff> {
    @Override
    public int compareTo(PutOff that) {
      return Long.compare(dueMillis, that.dueMillis);
    }
  }
}
