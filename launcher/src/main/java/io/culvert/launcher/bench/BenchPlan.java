package io.culvert.launcher.bench;

import io.culvert.client.MqttClientOptions;
import io.culvert.mqtt.wire.QoS;

/**
 * What is to be done.
 *
 * @param options of each connection; the Client Identifier, where one is given, is the beginning
 * @param clients publishers, subscribers, pairs or connections
 * @param topic the beginning of the topics; the filter of {@link BenchMode#SUB}
 * @param payloadBytes at least {@link #LEAST_PAYLOAD_BYTES}
 * @param window messages that each publisher has under way
 * @param perSecond messages of all publishers together; 0 for as many as go
 * @param seconds from the first message on
 */
public record BenchPlan(
    BenchMode mode,
    MqttClientOptions options,
    String clientId,
    int clients,
    String topic,
    QoS qos,
    int payloadBytes,
    int window,
    long perSecond,
    int seconds) {
  /** A payload begins with the time at which it was sent. */
  public static final int LEAST_PAYLOAD_BYTES = 8;

  String topic(int number) {
    return topic + "/" + number;
  }

  MqttClientOptions options(String role, int number) {
    MqttClientOptions own = new MqttClientOptions(options);
    return clientId.isEmpty() ? own : own.setClientId(clientId + "-" + role + "-" + number);
  }
}
