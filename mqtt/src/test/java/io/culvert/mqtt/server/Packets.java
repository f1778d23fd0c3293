package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.Wire;
import java.util.Arrays;
import java.util.List;

/** Short ways to the packets of the tests. */
final class Packets {
  private Packets() {}

  static ConnectBuilder connect(String clientId) {
    return new ConnectBuilder(clientId);
  }

  static PublishBuilder publish(String topic, String payload) {
    return new PublishBuilder(topic, payload);
  }

  static Publish publish(int packetId, String topic, String payload, QoS qos) {
    return publish(topic, payload).qos(qos).packetId(packetId).build();
  }

  static Subscribe subscribe(int packetId, String filter, QoS qos) {
    return subscribe(packetId, entry(filter, SubscriptionOptions.of(qos)));
  }

  static Subscribe subscribe(int packetId, Subscribe.Entry... entries) {
    return new Subscribe(packetId, List.of(entries), Properties.EMPTY);
  }

  static Subscribe.Entry entry(String filter, QoS qos) {
    return entry(filter, SubscriptionOptions.of(qos));
  }

  static Subscribe.Entry entry(String filter, SubscriptionOptions options) {
    return new Subscribe.Entry(filter, options);
  }

  static SubscriptionOptions noLocal(QoS qos) {
    return new SubscriptionOptions(qos, true, false, RetainHandling.SEND);
  }

  static SubscriptionOptions asPublished(QoS qos) {
    return new SubscriptionOptions(qos, false, true, RetainHandling.SEND);
  }

  static SubscriptionOptions handling(QoS qos, RetainHandling handling) {
    return new SubscriptionOptions(qos, false, false, handling);
  }

  static Unsubscribe unsubscribe(int packetId, String... filters) {
    return new Unsubscribe(packetId, Arrays.asList(filters), Properties.EMPTY);
  }

  /** A normal DISCONNECT that changes the Session Expiry Interval. */
  static Disconnect disconnect(long expirySeconds) {
    return new Disconnect(
        ReasonCode.SUCCESS,
        Properties.builder().put(Property.SESSION_EXPIRY_INTERVAL, expirySeconds).build());
  }

  static PubAck pubAck(int packetId) {
    return new PubAck(packetId, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  /** As the server says it to a client that wants reasons in words. */
  static PubAck pubAck(int packetId, ReasonCode reasonCode) {
    return new PubAck(packetId, reasonCode, Reasons.of(PacketType.PUBACK, reasonCode));
  }

  static PubRec pubRec(int packetId) {
    return pubRec(packetId, ReasonCode.SUCCESS);
  }

  /** As {@link #pubAck(int, ReasonCode)}. */
  static PubRec pubRec(int packetId, ReasonCode reasonCode) {
    return new PubRec(packetId, reasonCode, Reasons.of(PacketType.PUBREC, reasonCode));
  }

  static PubRel pubRel(int packetId) {
    return new PubRel(packetId, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  static PubComp pubComp(int packetId) {
    return pubComp(packetId, ReasonCode.SUCCESS);
  }

  static PubComp pubComp(int packetId, ReasonCode reasonCode) {
    return new PubComp(packetId, reasonCode, Properties.EMPTY);
  }

  /** An event without borrowed views. */
  static ServerEvent owned(ServerEvent event) {
    return event instanceof ServerEvent.Published published
        ? new ServerEvent.Published(Wire.owned(published.publish()), published.topic().copy())
        : event;
  }
}
