package io.culvert.mqtt.model;

import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that a server has to remember of one Client Identifier. */
final class ModelSession {
  static final long NEVER = Long.MAX_VALUE;

  final String clientId;
  final Map<String, Sub> subscriptions = new LinkedHashMap<>();
  final List<Flight> flights = new ArrayList<>();
  final List<Due> queue = new ArrayList<>();
  final List<RetainedDue> retainedDue = new ArrayList<>();

  /** Subscriptions whose retained messages may not all have come. */
  final List<Sub> openFeeds = new ArrayList<>();

  final Set<Integer> received = new HashSet<>();
  @Nullable ModelLink link;
  @Nullable Will will;
  long willAt = NEVER;
  long endsAt = NEVER;
  long expirySeconds;

  ModelSession(String clientId) {
    this.clientId = clientId;
  }

  @Nullable Flight flight(int id) {
    return flights.stream().filter(each -> each.id == id).findAny().orElse(null);
  }

  int sentFlights() {
    return (int) flights.stream().filter(each -> each.sent).count();
  }

  /** Its filter as the client wrote it, with {@code $share/…}. */
  record Sub(String filter, SubscriptionOptions options, int identifier) {}

  /** A QoS 1 or 2 message that was sent and is not acknowledged. */
  static final class Flight {
    final int id;
    final Due due;
    boolean released;
    boolean sent = true;

    Flight(int id, Due due) {
      this.id = id;
      this.due = due;
    }
  }

  /**
   * A message that must be sent to a session.
   *
   * @param shared where it may go instead; null when it is for this session only
   */
  record Due(
      Content content,
      int qos,
      boolean retain,
      List<Integer> identifiers,
      long sinceMillis,
      @Nullable Shared shared) {
    /** It is for a session of the group, and not for this one. */
    boolean isElsewhere() {
      return shared != null && shared.resolved;
    }
  }

  /**
   * A retained message that a new subscription brings.
   *
   * @param must whether the server may leave it out
   */
  record RetainedDue(Sub sub, Content snapshot, boolean must) {
    int qos() {
      return Math.min(snapshot.qos(), sub.options().qos().value());
    }
  }

  /** A message for one session of a group. */
  static final class Shared {
    final String group;
    final Set<ModelSession> candidates = new HashSet<>();

    /** Somebody has got it. */
    boolean resolved;

    /** Who was chosen may not get it for a good reason. */
    boolean mayVanish;

    Shared(String group) {
      this.group = group;
    }

    /** It did not go to this session. */
    void passed(ModelSession session) {
      candidates.remove(session);
    }

    boolean isLost() {
      return !resolved && candidates.isEmpty() && !mayVanish;
    }
  }
}
