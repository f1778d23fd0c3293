package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber asks for.
 *
 * @param filter a Topic Filter, also {@code $share/…}
 * @param qos the highest QoS, 0…2
 * @param address where each message is requested; the reply acknowledges it
 * @param session a name under which messages wait while there is no subscriber, or null
 * @param sessionExpirySeconds how long they do, 1…4 294 967 295; the broker's limit may be lower
 * @param maxOutstanding how many messages may be unacknowledged, 1…1000
 * @param retainHandling 0: retained messages come whenever somebody subscribes; 1: only where the
 *     subscription is new; 2: never
 * @param leaseSeconds after so long without a renewal the subscriber counts as dead, 1…3600
 * @param ackTimeoutMillis how long a reply may take, 100…600 000
 * @param maxAttempts after so many attempts a message is given up, 1…1 000 000; 0 for never
 */
public record SubscribeRequest(
    String filter,
    int qos,
    String address,
    @Nullable String session,
    long sessionExpirySeconds,
    int maxOutstanding,
    int retainHandling,
    int leaseSeconds,
    int ackTimeoutMillis,
    int maxAttempts) {
  private static final Set<String> FIELDS =
      Set.of(
          "filter",
          "qos",
          "address",
          "session",
          "sessionExpirySeconds",
          "maxOutstanding",
          "retainHandling",
          "leaseSeconds",
          "ackTimeoutMillis",
          "maxAttempts");

  /** Long enough for a weekend's outage; the broker's own limit is as long unless set. */
  private static final long SESSION_SECONDS = 7 * 24 * 3600;

  /** Keeps a subscriber on another node busy, and is little to be sent again. */
  private static final int OUTSTANDING = 64;

  /** Longer than a pause of the JVM, shorter than anybody waits for a failure to be noticed. */
  private static final int LEASE_SECONDS = 30;

  /** The event bus's own. */
  private static final int ACK_MILLIS = 30_000;

  private static final int MOST_NAME_CHARACTERS = 256;

  /** QoS 1, no session, all else by default, on an address of the front end's own. */
  public static SubscribeRequest to(String filter) {
    return fromJson(
        new JsonObject()
            .put("filter", filter)
            .put("qos", 1)
            .put("address", MqttAddresses.ofNewSubscriber()));
  }

  public SubscribeRequest withQos(int changed) {
    return changed("qos", changed);
  }

  public SubscribeRequest withAddress(String changed) {
    return changed("address", changed);
  }

  public SubscribeRequest withSession(String name) {
    return changed("session", name);
  }

  public SubscribeRequest withSessionExpirySeconds(long seconds) {
    return changed("sessionExpirySeconds", seconds);
  }

  public SubscribeRequest withMaxOutstanding(int messages) {
    return changed("maxOutstanding", messages);
  }

  public SubscribeRequest withRetainHandling(int handling) {
    return changed("retainHandling", handling);
  }

  public SubscribeRequest withLeaseSeconds(int seconds) {
    return changed("leaseSeconds", seconds);
  }

  public SubscribeRequest withAckTimeoutMillis(int millis) {
    return changed("ackTimeoutMillis", millis);
  }

  public SubscribeRequest withMaxAttempts(int attempts) {
    return changed("maxAttempts", attempts);
  }

  /**
   * From the body of a request.
   *
   * @throws ReplyException naming the field that is wrong
   */
  public static SubscribeRequest fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    String session = fields.optionalText("session");
    if (session != null && (session.isEmpty() || session.length() > MOST_NAME_CHARACTERS)) {
      throw fields.wrong("session", "must have 1 to " + MOST_NAME_CHARACTERS + " characters");
    }
    return new SubscribeRequest(
        fields.text("filter"),
        (int) fields.number("qos", 0, 2, 0),
        fields.text("address"),
        session,
        fields.number("sessionExpirySeconds", 1, MqttMessage.MOST_SECONDS, SESSION_SECONDS),
        (int) fields.number("maxOutstanding", 1, 1000, OUTSTANDING),
        (int) fields.number("retainHandling", 0, 2, 1),
        (int) fields.number("leaseSeconds", 1, 3600, LEASE_SECONDS),
        (int) fields.number("ackTimeoutMillis", 100, 600_000, ACK_MILLIS),
        (int) fields.number("maxAttempts", 0, 1_000_000, 0));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("filter", filter)
            .put("qos", qos)
            .put("address", address)
            .put("sessionExpirySeconds", sessionExpirySeconds)
            .put("maxOutstanding", maxOutstanding)
            .put("retainHandling", retainHandling)
            .put("leaseSeconds", leaseSeconds)
            .put("ackTimeoutMillis", ackTimeoutMillis)
            .put("maxAttempts", maxAttempts);
    return session == null ? json : json.put("session", session);
  }

  private SubscribeRequest changed(String field, Object value) {
    return fromJson(toJson().put(field, value));
  }
}
