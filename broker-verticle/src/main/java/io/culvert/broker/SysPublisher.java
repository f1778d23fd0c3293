package io.culvert.broker;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import java.util.HashMap;
import java.util.Map;

/**
 * Publishes what {@link SysTopics} say, retained and at QoS 0, whenever it has changed. Used on the
 * event loop of one shard, which does it for all.
 */
final class SysPublisher {
  private static final String NOTHING = "0";

  private final Broker broker;
  private final SysTopics topics;
  private final boolean retain;
  private final Map<String, String> published = new HashMap<>();

  /**
   * Nothing is published yet.
   *
   * @param retain where it may not be, everything is published each time
   */
  SysPublisher(Broker broker, SysTopics topics, boolean retain) {
    this.broker = broker;
    this.topics = topics;
    this.retain = retain;
  }

  void publish(Readings readings, long nowMillis) {
    topics
        .at(readings, nowMillis)
        .forEach(
            (topic, value) -> {
              if (isNews(topic, value)) {
                published.put(topic, value);
                broker.publishSys(message(topic, value, nowMillis), nowMillis);
              }
            });
  }

  private boolean isNews(String topic, String value) {
    String before = published.get(topic);
    return before == null
        ? topic.startsWith("$SYS/broker/") || !value.equals(NOTHING)
        : !retain || !before.equals(value);
  }

  private Message message(String topic, String value, long nowMillis) {
    return Message.of(
        TopicName.of(topic),
        Bytes.utf8(value),
        QoS.AT_MOST_ONCE,
        retain,
        Properties.EMPTY,
        nowMillis);
  }
}
