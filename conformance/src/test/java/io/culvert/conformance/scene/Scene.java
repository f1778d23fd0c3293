package io.culvert.conformance.scene;

import io.culvert.conformance.broker.BrokerUnderTest;
import io.culvert.conformance.broker.Relay;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.MqttJsHost;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.PeerOptions;
import io.culvert.conformance.peer.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one test owns: names that no other test uses, its clients and relays. Everything is closed
 * when the test ends, the newest first.
 */
public final class Scene implements AutoCloseable {

  private final BrokerUnderTest broker;
  private final Supplier<MqttJsHost> mqttJs;

  /** Eight characters: client identifiers stay within the 23 that MQTT 3.1.1 guarantees. */
  private final String prefix = UUID.randomUUID().toString().substring(0, 8);

  private final Deque<AutoCloseable> owned = new ArrayDeque<>(); // guarded by this

  private Scene(BrokerUnderTest broker, Supplier<MqttJsHost> mqttJs) {
    this.broker = broker;
    this.mqttJs = mqttJs;
  }

  /** Outside of a test, and without mqtt.js. */
  public static Scene of(BrokerUnderTest broker) {
    return new Scene(
        broker,
        () -> {
          throw new UnsupportedOperationException("mqtt.js outside of a test");
        });
  }

  static Scene of(BrokerUnderTest broker, Supplier<MqttJsHost> mqttJs) {
    return new Scene(broker, mqttJs);
  }

  public BrokerUnderTest broker() {
    return broker;
  }

  /** A topic name or filter of this test alone. */
  public String topic(String rest) {
    return "it/" + prefix + "/" + rest;
  }

  /** A client identifier of this test alone. */
  public String clientId(String name) {
    return prefix + "-" + name;
  }

  /** A new client, not yet connected. */
  public Peer peer(PeerKind kind, String name) {
    return peer(kind, name, address(kind.transport()), null);
  }

  /** A new client with a will, reached through {@code relay}, not yet connected. */
  public Peer peer(PeerKind kind, String name, Relay relay, @Nullable Message will) {
    return peer(kind, name, relay.address(), will);
  }

  /** A line to the broker that can be cut, for clients of this kind. */
  public Relay relay(PeerKind kind) {
    return own(Relay.to(address(kind.transport())));
  }

  /** Closes {@code resource} when the test ends. */
  public synchronized <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /** May be called before the test ends, and again for what has come since. */
  @Override
  public synchronized void close() throws Exception {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }

  private Peer peer(PeerKind kind, String name, InetSocketAddress address, @Nullable Message will) {
    String path = broker.webSocket().getPath();
    return own(kind.open(new PeerOptions(clientId(name), address, path, will), mqttJs));
  }

  private InetSocketAddress address(Transport transport) {
    return switch (transport) {
      case TCP -> broker.mqttAddress();
      case WEB_SOCKET -> broker.webSocketAddress();
    };
  }
}
