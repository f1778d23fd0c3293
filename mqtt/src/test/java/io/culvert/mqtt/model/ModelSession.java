package io.culvert.mqtt.model;

import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.HashMap;
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
  final Map<Integer, Content> held = new HashMap<>();
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
    @Nullable Shared shared;

    Flight(int id, Due due) {
      this.id = id;
      this.due = due;
    }
  }

  /** A message that must be sent to a session. */
  record Due(
      Content content, int qos, boolean retain, List<Integer> identifiers, long sinceMillis) {}

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

  /** A message for one session of a group, and what it would be for each. */
  static final class Shared {
    final String group;
    final Content content;
    final Map<ModelSession, List<Due>> dues = new HashMap<>();
    @Nullable ModelSession holder;

    /** It has been acknowledged, or needs no acknowledgement. */
    boolean done;

    /** It may have been dropped with a member that could not keep it. */
    boolean mayVanish;

    Shared(String group, Content content) {
      this.group = group;
      this.content = content;
    }

    void add(ModelSession session, Due due) {
      dues.computeIfAbsent(session, key -> new ArrayList<>()).add(due);
    }
  }
}
