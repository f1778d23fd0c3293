package io.culvert.mqtt.wire;

/**
 * What a subscription asks for. Before MQTT 5 there is only the maximum QoS; the others then have
 * their defaults, which mean the same.
 *
 * @param qos the maximum QoS
 * @param noLocal do not send back what the same client published
 * @param retainAsPublished keep the RETAIN flag of forwarded messages
 * @param retainHandling when retained messages are sent
 */
public record SubscriptionOptions(
    QoS qos, boolean noLocal, boolean retainAsPublished, RetainHandling retainHandling) {
  /** The options of a subscription that states its QoS only. */
  public static SubscriptionOptions of(QoS qos) {
    return new SubscriptionOptions(qos, false, false, RetainHandling.SEND);
  }
}
