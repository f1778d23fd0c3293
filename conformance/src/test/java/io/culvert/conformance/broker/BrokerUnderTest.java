package io.culvert.conformance.broker;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * The broker that all tests of a run talk to: Culvert as its own process, or any other broker that
 * the system properties {@code culvert.test.mqtt=host:port} and {@code
 * culvert.test.ws=host:port/path} name.
 */
public sealed interface BrokerUnderTest extends AutoCloseable
    permits CulvertProcess, ForeignBroker {

  /** Starts Culvert, or points to the broker that the system properties name. */
  static BrokerUnderTest start() {
    String mqtt = System.getProperty("culvert.test.mqtt");
    String webSocket = System.getProperty("culvert.test.ws");
    return mqtt == null || webSocket == null
        ? CulvertProcess.start()
        : running(URI.create("mqtt://" + mqtt), URI.create("ws://" + webSocket));
  }

  /** One that runs and is looked after elsewhere. */
  static BrokerUnderTest running(URI mqtt, URI webSocket) {
    return new ForeignBroker(mqtt, webSocket);
  }

  /** {@code mqtt://host:port}. */
  URI mqtt();

  /** {@code ws://host:port/path}. */
  URI webSocket();

  /**
   * What the broker has complained about since the last call: error lines, stack traces, its end.
   */
  List<String> newComplaints();

  /** True for Culvert itself: some behaviour is promised by Culvert and not by the standard. */
  boolean isCulvert();

  default InetSocketAddress mqttAddress() {
    return new InetSocketAddress(mqtt().getHost(), mqtt().getPort());
  }

  default InetSocketAddress webSocketAddress() {
    return new InetSocketAddress(webSocket().getHost(), webSocket().getPort());
  }

  @Override
  void close();
}
