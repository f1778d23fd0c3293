package io.culvert.conformance.faults.client;

import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.RetainedReading;
import io.culvert.conformance.raw.Hex;
import java.io.IOException;
import java.util.List;

/** Reads all retained messages once, with a session that ends with its connection. */
public final class RetainedReader implements Client.Role {
  private static final int LIMIT_MILLIS = 10_000;
  private static final byte[] PINGREQ = Hex.bytes("c000");

  private final Client client;
  private final RetainedReading reading;
  private final List<String> filters;
  private boolean subscribed;
  private boolean answered;

  private RetainedReader(Client client, RetainedReading reading, List<String> filters) {
    this.client = client;
    this.reading = reading;
    this.filters = filters;
  }

  /** Reads until all is found that must be there, or nothing of it comes any more. */
  public static void read(Loop loop, Ledger ledger, String name, int port, List<String> filters)
      throws IOException {
    Client client = new Client(loop, ledger, Identity.passing(name, 5));
    RetainedReader reader = new RetainedReader(client, ledger.readRetained(), filters);
    client.role(reader);
    client.online(port);
    loop.run(() -> reader.subscribed && reader.reading.isComplete(), LIMIT_MILLIS);
    client.send(PINGREQ);
    loop.run(() -> reader.answered, LIMIT_MILLIS);
    reader.reading.end();
    client.offline();
  }

  @Override
  public void connected() {
    byte[][] parts = new byte[2 + 2 * filters.size()][];
    parts[0] = Hex.id(1);
    parts[1] = new byte[] {0};
    for (int i = 0; i < filters.size(); i++) {
      parts[2 + 2 * i] = Hex.string(filters.get(i));
      parts[3 + 2 * i] = new byte[] {1};
    }
    client.send(Hex.packet(0x82, parts));
  }

  @Override
  public void packet(Packet packet) {
    switch (packet.type()) {
      case Packet.SUBACK -> subscribed = true;
      case Packet.PINGRESP -> answered = true;
      case Packet.PUBLISH -> {
        if (packet.qos() == 1) {
          client.acknowledge(0x40, packet.publishId());
        }
        if (packet.isRetained()) {
          reading.found(packet.topic(), packet.payload(client.level()));
        }
      }
      default -> client.unexpected(packet, "a reader of retained messages has no use for it");
    }
  }

  @Override
  public void sessionLost() {
    // It never has one.
  }
}
