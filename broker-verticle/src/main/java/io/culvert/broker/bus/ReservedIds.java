package io.culvert.broker.bus;

/**
 * The Client Identifiers of the broker's own clients. Nobody else gets one, so that nobody takes
 * over their sessions; and they may do everything, because the event bus is trusted.
 */
public final class ReservedIds {
  private static final String PREFIX = "$culvert/";

  private ReservedIds() {}

  /** Whether a Client Identifier is one of them. */
  public static boolean contains(String clientId) {
    return clientId.startsWith(PREFIX);
  }

  static String publisher() {
    return PREFIX + "publisher";
  }

  /** Of a bridge to an address. */
  static String bridge(String name) {
    return PREFIX + "bridge/" + name;
  }

  /** Of a subscriber whose session ends with it. */
  static String subscriber(String subscription) {
    return PREFIX + "subscriber/" + subscription;
  }

  /** Of a named session: one for each of its filters, so that each has its own queue. */
  static String session(String name, String filter) {
    return PREFIX + "session/" + name + "/" + filter;
  }
}
