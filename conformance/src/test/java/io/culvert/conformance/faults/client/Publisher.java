package io.culvert.conformance.faults.client;

import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.Message;
import io.culvert.conformance.raw.Hex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Publishes numbered messages, keeps each until its last acknowledgement, and sends what is open
 * again when it is back, in the same order: PUBLISH with DUP, and PUBREL [MQTT5-4.4.0-1].
 */
public final class Publisher implements Client.Role {
  private static final int TICK_MILLIS = 10;
  private static final int LAST_PACKET_ID = 65_535;
  private static final int REFUSED = 0x80;
  private static final int DUP = 0x08;
  private static final int DELETES_ONE_OF = 4;
  private static final int LARGE_BYTES = 4096;
  private static final int HUGE_BYTES = 60_000;

  private final Loop loop;
  private final Ledger ledger;
  private final Client client;
  private final List<Flow> flows;
  private final Pace pace;
  private final Random random;
  private final Map<Integer, Outgoing> open = new LinkedHashMap<>();
  private long sequence;
  private int lastPacketId;
  private double allowed;
  private long remaining;
  private int ticking;
  private int lastReasonCode;

  /** A message under way; its PUBREL is open when it is released. */
  private static final class Outgoing {
    final Message message;
    final int packetId;
    boolean released;

    Outgoing(Message message, int packetId) {
      this.message = message;
      this.packetId = packetId;
    }
  }

  public Publisher(
      Loop loop, Ledger ledger, Identity identity, List<Flow> flows, Pace pace, Random random) {
    this.loop = loop;
    this.ledger = ledger;
    this.client = new Client(loop, ledger, identity);
    this.flows = List.copyOf(flows);
    this.pace = pace;
    this.random = random;
    client.role(this);
  }

  public Client client() {
    return client;
  }

  /** How many new messages it may still begin with; those that are open go on. */
  public void mayBegin(long messages) {
    remaining = messages;
  }

  /** Whether nothing is open. */
  public boolean isIdle() {
    return open.isEmpty();
  }

  /** Of the last PUBACK or PUBREC of MQTT 5. */
  public int lastReasonCode() {
    return lastReasonCode;
  }

  @Override
  public void connected() {
    for (Outgoing each : List.copyOf(open.values())) {
      if (each.released) {
        client.acknowledge(0x62, each.packetId);
      } else {
        publish(each, DUP);
      }
    }
    tick(++ticking);
  }

  @Override
  public void sessionLost() {
    // Whoever was acknowledged stays so; the others are sent again, which is all that can be done.
  }

  @Override
  public void packet(Packet packet) {
    int packetId = packet.packetId();
    Outgoing outgoing = open.get(packetId);
    if (outgoing == null) {
      client.unexpected(packet, "nothing is open under this packet identifier");
      return;
    }
    boolean isQos2 = outgoing.message.qos() == 2;
    switch (packet.type()) {
      case Packet.PUBACK, Packet.PUBREC -> {
        if (isQos2 != (packet.type() == Packet.PUBREC) || outgoing.released) {
          client.unexpected(packet, "the exchange is elsewhere");
        } else {
          answered(outgoing, packet.reasonCode());
        }
      }
      case Packet.PUBCOMP -> {
        if (!outgoing.released) {
          client.unexpected(packet, "PUBREL was not sent");
        } else {
          end(outgoing);
        }
      }
      default -> client.unexpected(packet, "a publisher has no use for it");
    }
  }

  private void answered(Outgoing outgoing, int reasonCode) {
    lastReasonCode = reasonCode;
    if (reasonCode >= REFUSED) {
      ledger.refused(outgoing.message);
      open.remove(outgoing.packetId);
      return;
    }
    ledger.acknowledged(outgoing.message);
    if (outgoing.message.qos() == 2) {
      outgoing.released = true;
      client.acknowledge(0x62, outgoing.packetId);
    } else {
      end(outgoing);
    }
  }

  private void end(Outgoing outgoing) {
    open.remove(outgoing.packetId);
    ledger.completed(outgoing.message);
  }

  private void tick(int own) {
    if (own != ticking || !client.isConnected()) {
      return;
    }
    allowed = Math.min(pace.window(), allowed + pace.perSecond() * TICK_MILLIS / 1000.0);
    int window = Math.min(pace.window(), client.brokerReceiveMaximum());
    while (allowed >= 1 && remaining > 0 && open.size() < window && client.isConnected()) {
      allowed--;
      remaining--;
      begin();
    }
    loop.schedule(TICK_MILLIS, () -> tick(own));
  }

  private void begin() {
    Flow flow = flows.get(random.nextInt(flows.size()));
    boolean retain = random.nextInt(100) < pace.retainedPercent() || flow.state();
    int sizeBytes = flow.state() && random.nextInt(DELETES_ONE_OF) == 0 ? 0 : sizeBytes();
    Message message =
        ledger.send(client.name(), flow.topic(), flow.qos(), retain, ++sequence, sizeBytes);
    Outgoing outgoing = new Outgoing(message, flow.qos() == 0 ? 0 : nextPacketId());
    if (flow.qos() > 0) {
      open.put(outgoing.packetId, outgoing);
    }
    publish(outgoing, 0);
  }

  private int sizeBytes() {
    int kind = random.nextInt(1000);
    int more = kind < 5 ? HUGE_BYTES : kind < 50 ? LARGE_BYTES : 4 * Message.LEAST_SIZE_BYTES;
    return pace.leastBytes() + random.nextInt(more);
  }

  private int nextPacketId() {
    do {
      lastPacketId = lastPacketId % LAST_PACKET_ID + 1;
    } while (open.containsKey(lastPacketId));
    return lastPacketId;
  }

  private void publish(Outgoing outgoing, int dup) {
    Message message = outgoing.message;
    ledger.event(
        client.name(),
        "PUBLISH " + outgoing.packetId + (dup == 0 ? " " : " DUP ") + message.number());
    int first = 0x30 | dup | message.qos() << 1 | (message.retain() ? 1 : 0);
    List<byte[]> parts = new ArrayList<>();
    parts.add(Hex.string(message.topic()));
    if (message.qos() > 0) {
      parts.add(Hex.id(outgoing.packetId));
    }
    if (client.level() == 5) {
      parts.add(new byte[] {0});
    }
    parts.add(message.payload());
    client.send(Hex.packet(first, parts.toArray(byte[][]::new)));
  }
}
