package io.culvert.conformance.peer;

import java.util.function.Supplier;

/** Every client, protocol version and transport that the scenarios are run with. */
public enum PeerKind {
  HIVEMQ_3(false, Transport.TCP),
  HIVEMQ_3_WS(false, Transport.WEB_SOCKET),
  HIVEMQ_5(true, Transport.TCP),
  HIVEMQ_5_WS(true, Transport.WEB_SOCKET),
  PAHO_3(false, Transport.TCP),
  PAHO_3_WS(false, Transport.WEB_SOCKET),
  PAHO_5(true, Transport.TCP),
  PAHO_5_WS(true, Transport.WEB_SOCKET),
  MQTTJS_3(false, Transport.TCP),
  MQTTJS_3_WS(false, Transport.WEB_SOCKET),
  MQTTJS_5(true, Transport.TCP),
  MQTTJS_5_WS(true, Transport.WEB_SOCKET),
  VERTX_3(false, Transport.TCP);

  private final boolean mqtt5;
  private final Transport transport;

  PeerKind(boolean mqtt5, Transport transport) {
    this.mqtt5 = mqtt5;
    this.transport = transport;
  }

  /** MQTT 5.0, otherwise 3.1.1. */
  public boolean isMqtt5() {
    return mqtt5;
  }

  /** Paho's MQTT 3.1.1 client refuses characters beyond U+FFFF by itself. */
  public boolean knowsAllOfUnicode() {
    return this != PAHO_3 && this != PAHO_3_WS;
  }

  public Transport transport() {
    return transport;
  }

  /**
   * A client of this kind, not yet connected.
   *
   * @param mqttJs asked only by the kinds that need it
   */
  public Peer open(PeerOptions options, Supplier<MqttJsHost> mqttJs) {
    return switch (this) {
      case HIVEMQ_3, HIVEMQ_3_WS -> new HiveMq3Peer(options, transport);
      case HIVEMQ_5, HIVEMQ_5_WS -> new HiveMq5Peer(options, transport);
      case PAHO_3, PAHO_3_WS -> new Paho3Peer(options, transport);
      case PAHO_5, PAHO_5_WS -> new Paho5Peer(options, transport);
      case MQTTJS_3, MQTTJS_3_WS, MQTTJS_5, MQTTJS_5_WS ->
          new MqttJsPeer(options, transport, mqtt5, mqttJs.get());
      case VERTX_3 -> new VertxPeer(options);
    };
  }
}
