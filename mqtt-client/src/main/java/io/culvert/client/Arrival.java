package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.List;

/**
 * A message on its way from the connection to those who want it: with bytes of its own, and what is
 * known of its acknowledgement. It is acknowledged when all of them have settled it, and once.
 */
final class Arrival {
  private static final int OVERHEAD_BYTES = 160;

  final TopicName topic;
  final byte[] payload;
  final QoS qos;
  final boolean retain;
  final boolean dup;
  final int packetId;
  final Properties properties;

  /** Of which connection it is: only that one can acknowledge it. */
  int epoch;

  /** In whose line it waits. */
  final List<Receiver> waiting = new ArrayList<>(1);

  /** Who has taken it, at QoS 2: they must not get it again. */
  private List<Receiver> takers = List.of();

  private int unsettled;
  private boolean answered;
  private volatile boolean comesAgain;
  private ReasonCode answer = ReasonCode.SUCCESS;

  Arrival(Publish publish, int epoch) {
    this.topic = publish.topic().copy();
    this.payload = publish.payload().toByteArray();
    this.qos = publish.qos();
    this.retain = publish.retain();
    this.dup = publish.dup();
    this.packetId = publish.packetId();
    this.properties = publish.properties().copy();
    this.epoch = epoch;
    this.answered = qos == QoS.AT_MOST_ONCE;
  }

  /** Roughly what it holds of memory. */
  int heldBytes() {
    return topic.length() + payload.length + properties.contentLength() + OVERHEAD_BYTES;
  }

  void addReceiver(Receiver receiver) {
    waiting.add(receiver);
    unsettled++;
  }

  /** A receiver has it in its hands now. */
  void taken(Receiver receiver) {
    waiting.remove(receiver);
    if (qos == QoS.EXACTLY_ONCE) {
      takers = takers.isEmpty() ? new ArrayList<>(1) : takers;
      takers.add(receiver);
    }
  }

  boolean wasTaken() {
    return !takers.isEmpty();
  }

  boolean wasTakenBy(Receiver receiver) {
    return takers.contains(receiver);
  }

  /** Whether that has the same content. */
  boolean isAs(Publish publish) {
    return publish.qos() == qos
        && publish.topic().equals(topic)
        && publish.payload().equals(Bytes.wrap(payload));
  }

  void removeReceiver(Receiver receiver) {
    if (waiting.remove(receiver)) {
      unsettled--;
    }
  }

  boolean isSettled() {
    return unsettled <= 0;
  }

  /** Nobody has it in hand: all who have not done with it have it in their line. */
  boolean onlyWaits() {
    return unsettled == waiting.size();
  }

  /** One of its receivers has done with it. Returns whether it was the last one. */
  boolean settle(ReasonCode code) {
    if (code.isError() && !answer.isError()) {
      answer = code;
    }
    unsettled--;
    return isSettled();
  }

  /** What the receivers together say. */
  ReasonCode answer() {
    return answer;
  }

  /** The server needs no answer, or has it. */
  boolean isAnswered() {
    return answered;
  }

  /** The server sends it again: it is handed out then. */
  void willComeAgain() {
    comesAgain = true;
  }

  /** Any thread may ask. */
  boolean comesAgain() {
    return comesAgain;
  }

  void answered() {
    answered = true;
  }
}
