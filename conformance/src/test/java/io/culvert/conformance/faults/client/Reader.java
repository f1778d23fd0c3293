package io.culvert.conformance.faults.client;

import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.Message;
import io.culvert.conformance.faults.ledger.Subscriber;
import io.culvert.conformance.raw.Hex;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Receives for a {@link Subscriber}: answers after a while, remembers open QoS 2 exchanges over
 * connections, and takes what repeats one for nothing new, as a good client does.
 */
public final class Reader implements Client.Role {
  private static final int DO_NOT_SEND_RETAINED = 0x20;
  private static final int SUBSCRIBE_ID = 1;
  private static final int UNSUBSCRIBE_ID = 2;

  private final Loop loop;
  private final Ledger ledger;
  private final Client client;
  private final Subscriber subscriber;

  /** By packet identifier; empty where the message is none of the ledger's flow. */
  private final Map<Integer, Exchange> open = new HashMap<>();

  private int answerAfterMillis;
  private boolean subscribed;
  private boolean unsubscribing;
  private long receivedCount;
  private long lastReceivedMillis;

  private record Exchange(@Nullable Message message) {}

  public Reader(
      Loop loop, Ledger ledger, Identity identity, Subscriber subscriber, int answerAfterMillis) {
    this.loop = loop;
    this.ledger = ledger;
    this.client = new Client(loop, ledger, identity);
    this.subscriber = subscriber;
    this.answerAfterMillis = answerAfterMillis;
    client.role(this);
  }

  public Client client() {
    return client;
  }

  public boolean isSubscribed() {
    return subscribed;
  }

  /** Answers at once from now on. */
  public void hurry() {
    answerAfterMillis = 0;
  }

  /** Wants no more; asks again until that is acknowledged. */
  public void unsubscribe() {
    if (!unsubscribing) {
      unsubscribing = true;
      ledger.unsubscribing(subscriber);
      sendUnsubscribe();
    }
  }

  public long receivedCount() {
    return receivedCount;
  }

  public long lastReceivedMillis() {
    return lastReceivedMillis;
  }

  @Override
  public void connected() {
    if (unsubscribing) {
      sendUnsubscribe();
    } else if (!subscribed) {
      int options = subscriber.qos() | (client.level() == 5 ? DO_NOT_SEND_RETAINED : 0);
      if (subscriber.isShared()) {
        options = subscriber.qos();
      }
      client.send(
          Hex.packet(
              0x82,
              Hex.id(SUBSCRIBE_ID),
              noProperties(),
              Hex.string(subscriber.subscribeFilter()),
              new byte[] {(byte) options}));
    }
  }

  @Override
  public void sessionLost() {
    open.clear();
    subscribed = false;
  }

  @Override
  public void packet(Packet packet) {
    switch (packet.type()) {
      case Packet.PUBLISH -> publish(packet);
      case Packet.PUBREL -> {
        ledger.event(client.name(), "PUBREL " + packet.packetId());
        open.remove(packet.packetId());
        answer(0x70, packet.packetId());
      }
      case Packet.SUBACK -> subAck(packet);
      case Packet.UNSUBACK -> ledger.unsubscribed(subscriber);
      default -> client.unexpected(packet, "a subscriber has no use for it");
    }
  }

  private void subAck(Packet packet) {
    int granted = packet.body()[packet.body().length - 1] & 0xFF;
    if (granted != subscriber.qos()) {
      client.unexpected(packet, "granted " + granted + " for " + subscriber);
    } else if (!subscribed) {
      subscribed = true;
      ledger.subscribed(subscriber);
    }
  }

  private void publish(Packet packet) {
    receivedCount++;
    lastReceivedMillis = Loop.nowMillis();
    String topic = packet.topic();
    byte[] payload = packet.payload(client.level());
    switch (packet.qos()) {
      case 0 -> received(packet, topic, payload);
      case 1 -> {
        received(packet, topic, payload);
        answer(0x40, packet.publishId());
      }
      case 2 -> {
        int packetId = packet.publishId();
        ledger.event(client.name(), "PUBLISH " + packetId + (packet.isDup() ? " DUP" : ""));
        Exchange exchange = open.get(packetId);
        if (exchange == null) {
          open.put(packetId, new Exchange(received(packet, topic, payload)));
        } else {
          ledger.repeated(subscriber, exchange.message(), topic, payload);
        }
        answer(0x50, packetId);
      }
      default -> client.unexpected(packet, "QoS 3");
    }
  }

  /** What was retained before the subscription is no part of the flow. */
  private @Nullable Message received(Packet packet, String topic, byte[] payload) {
    if (!packet.isRetained()) {
      return ledger.received(subscriber, topic, packet.qos(), payload);
    }
    if (subscriber.isShared() || client.level() == 5) {
      ledger.found(Fault.UNEXPECTED, client.name(), "a retained message on " + topic);
    }
    return null;
  }

  private void answer(int firstByte, int packetId) {
    if (answerAfterMillis == 0) {
      client.acknowledge(firstByte, packetId);
      return;
    }
    int connection = client.connection();
    loop.schedule(
        answerAfterMillis,
        () -> {
          if (connection == client.connection()) {
            client.acknowledge(firstByte, packetId);
          }
        });
  }

  private void sendUnsubscribe() {
    client.send(
        Hex.packet(
            0xA2,
            Hex.id(UNSUBSCRIBE_ID),
            noProperties(),
            Hex.string(subscriber.subscribeFilter())));
  }

  private byte[] noProperties() {
    return client.level() == 5 ? new byte[] {0} : new byte[0];
  }
}
