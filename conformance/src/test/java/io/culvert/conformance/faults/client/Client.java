package io.culvert.conformance.faults.client;

import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.raw.ConnAck;
import io.culvert.conformance.raw.Hex;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client that comes back after each cut, as long as it is wanted, and finds its session. What it
 * sends and receives is the matter of its role. Of the loop's thread.
 */
public final class Client implements Wire.Listener {

  /** What a client is there for. */
  interface Role {
    /** CONNACK has come: everything that is open is to be sent again. */
    void connected();

    /** Any packet but CONNACK and DISCONNECT. */
    void packet(Packet packet);

    /** The broker knows nothing of the session. */
    void sessionLost();
  }

  private static final int AGAIN_MILLIS = 20;

  /** Longer, so that a broker that refuses everybody has something else to do. */
  private static final int AGAIN_AFTER_REFUSAL_MILLIS = 100;

  private static final int SHUTTING_DOWN = 0x8B;
  private static final int SERVER_BUSY = 0x89;
  private static final int UNAVAILABLE = 3;

  private final Loop loop;
  private final Ledger ledger;
  private final Identity identity;
  private @Nullable Role role;
  private @Nullable Wire wire;
  private int port;
  private boolean wanted;
  private boolean connected;
  private boolean known;
  private boolean mayBeRefused;
  private int attempt;
  private int brokerReceiveMaximum = 65_535;
  private int disconnectReason;
  private long cuts;

  public Client(Loop loop, Ledger ledger, Identity identity) {
    this.loop = loop;
    this.ledger = ledger;
    this.identity = identity;
  }

  void role(Role own) {
    this.role = own;
  }

  // --- what scenarios want ---

  /** Connects to a port that is listened to, and comes back to it. */
  public void online(int brokerPort) {
    port = brokerPort;
    if (!wanted) {
      wanted = true;
      connect(++attempt);
    }
  }

  /** Does not come back; what is on its way is still read. */
  public void stay() {
    wanted = false;
  }

  /** Loses its connection now, without a word. */
  public void cut() {
    if (wire != null) {
      ledger.event(name(), "cuts its connection");
      wire.close();
    }
  }

  public void offline() {
    stay();
    cut();
  }

  /** A cut by the broker is an answer, not a fault. */
  public void mayBeRefused(boolean may) {
    mayBeRefused = may;
  }

  public boolean isConnected() {
    return connected;
  }

  public boolean isClosed() {
    return wire == null;
  }

  /** Connections that have ended, whoever ended them. */
  public long cuts() {
    return cuts;
  }

  /** Of the last DISCONNECT, or 0. */
  public int disconnectReason() {
    return disconnectReason;
  }

  // --- what roles need ---

  public String name() {
    return identity.name();
  }

  int level() {
    return identity.level();
  }

  /** Differs from connection to connection. */
  int connection() {
    return attempt;
  }

  int brokerReceiveMaximum() {
    return brokerReceiveMaximum;
  }

  void send(byte[] packet) {
    if (wire != null) {
      wire.send(packet);
    }
  }

  /** An acknowledgement in its shortest form. */
  void acknowledge(int firstByte, int packetId) {
    send(Hex.packet(firstByte, Hex.id(packetId)));
  }

  void unexpected(Packet packet, String why) {
    ledger.found(
        Fault.UNEXPECTED,
        name(),
        "packet type " + packet.type() + " " + Hex.of(start(packet.body())) + ": " + why);
  }

  // --- the connection ---

  @Override
  public void packet(Packet packet) {
    switch (packet.type()) {
      case Packet.CONNACK -> connAck(packet);
      case Packet.DISCONNECT -> disconnect(packet);
      default -> own().packet(packet);
    }
  }

  @Override
  public void closed() {
    wire = null;
    connected = false;
    cuts++;
    ledger.event(name(), "connection closed");
    if (wanted) {
      again(mayBeRefused ? AGAIN_AFTER_REFUSAL_MILLIS : AGAIN_MILLIS);
    }
  }

  private void again(int inMillis) {
    int next = ++attempt;
    loop.schedule(inMillis, () -> connect(next));
  }

  private void connect(int number) {
    if (!wanted || number != attempt || wire != null) {
      return;
    }
    try {
      wire = loop.connect(port, this);
    } catch (IOException e) {
      again(AGAIN_AFTER_REFUSAL_MILLIS);
      return;
    }
    wire.send(identity.connect());
  }

  private void connAck(Packet packet) {
    int returnCode = packet.body()[1] & 0xFF;
    boolean present = (packet.body()[0] & 1) != 0;
    ledger.event(name(), "CONNACK " + returnCode + (present ? ", session present" : ""));
    if (returnCode != 0) {
      if (returnCode != SERVER_BUSY && returnCode != UNAVAILABLE && !mayBeRefused) {
        unexpected(packet, "CONNECT is refused");
      }
      return;
    }
    if (level() == 5) {
      ConnAck properties = ConnAck.of(Hex.packet(packet.firstByte(), packet.body()));
      brokerReceiveMaximum = (int) properties.property(0x21, 65_535);
    }
    if (identity.durable() && known && !present) {
      ledger.found(Fault.SESSION_LOST, name(), "CONNACK without Session Present");
      own().sessionLost();
    }
    known = true;
    connected = true;
    own().connected();
  }

  private void disconnect(Packet packet) {
    disconnectReason = packet.body().length == 0 ? 0 : packet.body()[0] & 0xFF;
    if (disconnectReason != SHUTTING_DOWN && !mayBeRefused) {
      unexpected(packet, "DISCONNECT with reason code " + disconnectReason);
    }
  }

  private Role own() {
    if (role == null) {
      throw new IllegalStateException(name() + " has no role");
    }
    return role;
  }

  private static byte[] start(byte[] body) {
    return body.length <= 16 ? body : Arrays.copyOf(body, 16);
  }
}
