package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.LimitOptions;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.wire.MqttVersion;
import java.util.EnumSet;
import java.util.Set;

/** From the configuration's limits to the protocol core's. */
final class LimitMapping {
  private LimitMapping() {}

  static Limits limits(BrokerOptions options) {
    LimitOptions limits = options.limits();
    return Limits.builder()
        .maximumPacketSizeBytes(limits.packetBytes())
        .receiveMaximum(limits.receiveMaximum())
        .inFlight(limits.inFlight())
        .queueMessages(limits.queueMessages())
        .queueBytes(limits.queueBytes())
        .outboxBytes(limits.outboxBytes())
        .subscriptionsPerSession(limits.subscriptionsPerSession())
        .filtersPerSubscribe(limits.filtersPerSubscribe())
        .topicLevels(limits.topicLevels())
        .topicBytes(limits.topicBytes())
        .retainedMessages(limits.retainedMessages())
        .retainedBytes(limits.retainedBytes())
        .sessions(limits.sessions())
        .sessionExpirySeconds(limits.sessionExpirySeconds())
        .connectTimeoutMillis(limits.connectTimeoutSeconds() * 1000L)
        .keepAliveSeconds(limits.keepAliveMaximumSeconds())
        .topicAliasMaximum(options.topicAliasMaximum())
        .versions(versions(options))
        .build();
  }

  private static Set<MqttVersion> versions(BrokerOptions options) {
    Set<MqttVersion> versions = EnumSet.noneOf(MqttVersion.class);
    for (String version : options.versions()) {
      versions.add(
          switch (version) {
            case "3.1" -> MqttVersion.MQTT_3_1;
            case "3.1.1" -> MqttVersion.MQTT_3_1_1;
            case "5.0" -> MqttVersion.MQTT_5;
            default -> throw new IllegalArgumentException("MQTT version " + version);
          });
    }
    return versions;
  }
}
