package io.culvert.runtime.bus;

import java.util.UUID;

/** The addresses of the broker on the event bus. */
public final class MqttAddresses {
  public static final String PUBLISH = "culvert.mqtt.publish";
  public static final String SUBSCRIBE = "culvert.mqtt.subscribe";
  public static final String RENEW = "culvert.mqtt.renew";
  public static final String UNSUBSCRIBE = "culvert.mqtt.unsubscribe";

  /** Followed by the verb. */
  public static final String ADMIN = "culvert.mqtt.admin.";

  private MqttAddresses() {}

  /** Where one node answers what is said to {@link #RENEW} or {@link #UNSUBSCRIBE}. */
  public static String at(String node, String address) {
    return address + "." + node;
  }

  /** One that nobody else has, for a subscriber. */
  public static String ofNewSubscriber() {
    return "culvert.mqtt.subscriber." + UUID.randomUUID();
  }
}
