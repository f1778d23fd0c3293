package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Those who observe, bounded, each with a lease. On MQTT nobody notices that an observer has gone,
 * so one who does not renew is told nothing more. RFC 7641.
 */
final class Observers {
  private static final int NUMBERS = 1 << 24;

  /** All numbers in 12 days: more than 15 states in a second, for long, are needed to pass that. */
  private static final int MILLIS_PER_NUMBER = 64;

  private final ResponderLimits limits;
  private final Deadlines<Due> deadlines;
  private final Map<ExchangeKey, Observer> all = new HashMap<>();
  private final Map<ObservedState.Key, ObservedState> states = new HashMap<>();
  private int lastNumber;
  private boolean hasNumber;

  Observers(ResponderLimits limits, Deadlines<Due> deadlines) {
    this.limits = limits;
    this.deadlines = deadlines;
  }

  /**
   * Adds or renews one.
   *
   * @return null when there is no room
   */
  @Nullable Observer add(Exchange exchange, long nowMillis) {
    Observer known = all.get(exchange.key());
    Invocation invocation = exchange.invocation();
    ObservedState.Key key = ObservedState.Key.of(invocation.request(), invocation.options());
    if (known != null && !known.state().key().equals(key)) {
      remove(known);
      known = null;
    }
    if (known == null) {
      if (all.size() >= limits.observers()) {
        return null;
      }
      known = begin(exchange, key);
    }
    Long wanted = invocation.options().leaseSeconds();
    long seconds = wanted == null ? limits.leaseSeconds() : Math.min(wanted, limits.leaseSeconds());
    known.renew(invocation.request(), exchange.route(), nowMillis + seconds * 1000);
    deadlines.set(known.deadline(), nowMillis + seconds * 1000);
    return known;
  }

  private Observer begin(Exchange exchange, ObservedState.Key key) {
    ObservedState state =
        states.computeIfAbsent(
            key, absent -> new ObservedState(key, exchange.invocation().topic()));
    ExchangeKey name = exchange.key();
    Observer added =
        new Observer(
            name,
            state,
            exchange.invocation().request(),
            exchange.route(),
            deadlines.entry(nowMillis -> remove(name)));
    all.put(name, added);
    state.observers().put(name, added);
    return added;
  }

  void remove(ExchangeKey key) {
    Observer observer = all.get(key);
    if (observer != null) {
      remove(observer);
    }
  }

  private void remove(Observer observer) {
    all.remove(observer.key());
    deadlines.remove(observer.deadline());
    ObservedState state = observer.state();
    state.observers().remove(observer.key());
    if (state.observers().isEmpty()) {
      states.remove(state.key(), state);
    }
  }

  /** Nobody with this tag is there any more. */
  void removeSource(String source) {
    for (ExchangeKey key : List.copyOf(all.keySet())) {
      if (key.source().equals(source)) {
        remove(key);
      }
    }
  }

  /** All ways in which a resource is observed. */
  List<ObservedState> of(String path) {
    List<ObservedState> found = new ArrayList<>();
    for (ObservedState state : states.values()) {
      if (state.key().path().equals(path)) {
        found.add(state);
      }
    }
    return found;
  }

  /**
   * The next number in the order of states. The first one is taken from the time, so that a device
   * that was started anew goes on with greater ones.
   */
  int nextNumber(long nowMillis) {
    lastNumber = (int) ((hasNumber ? lastNumber + 1L : nowMillis / MILLIS_PER_NUMBER) % NUMBERS);
    hasNumber = true;
    return lastNumber;
  }

  int size() {
    return all.size();
  }
}
