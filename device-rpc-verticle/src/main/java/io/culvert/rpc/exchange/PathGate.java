package io.culvert.rpc.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets requests pass that change a resource. One with a condition passes alone, so that the state
 * that it was compared with is the one that it changes; the others pass together.
 */
final class PathGate {
  private final Map<String, Place> places = new HashMap<>();

  /** Whether it may pass now; else it waits. */
  boolean enter(Exchange exchange) {
    Place place = places.computeIfAbsent(exchange.invocation().path(), path -> new Place());
    if (place.waiting.isEmpty() && place.admits(exchange)) {
      place.inside.add(exchange);
      return true;
    }
    place.waiting.add(exchange);
    return false;
  }

  /**
   * One that has passed is done, or one that waits gives up.
   *
   * @return those that may pass now
   */
  List<Exchange> leave(Exchange exchange) {
    String path = exchange.invocation().path();
    Place place = places.get(path);
    if (place == null) {
      return List.of();
    }
    if (!place.inside.remove(exchange)) {
      place.waiting.remove(exchange);
    }
    List<Exchange> admitted = new ArrayList<>();
    while (!place.waiting.isEmpty() && place.admits(place.waiting.element())) {
      Exchange next = place.waiting.remove();
      place.inside.add(next);
      admitted.add(next);
    }
    if (place.inside.isEmpty()) {
      places.remove(path);
    }
    return admitted;
  }

  private static final class Place {
    private final Set<Exchange> inside = new HashSet<>();
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();

    boolean admits(Exchange exchange) {
      return inside.isEmpty()
          || (!Conditions.isConditional(exchange.asked())
              && inside.stream().noneMatch(other -> Conditions.isConditional(other.asked())));
    }
  }
}
