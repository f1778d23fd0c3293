package io.culvert.mqtt.client;

import io.culvert.mqtt.client.Standing.Change;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that the client wants to have, each with the number of those who asked for it.
 * Outlives connections, so that what a server has lost can be subscribed again.
 */
public final class Subscriptions {
  private static final int NOT_SENT = 0;

  private final Map<String, Standing> byFilter = new LinkedHashMap<>();

  /** With the identifier of the last UNSUBSCRIBE that named it, or 0 where none was sent. */
  private final Map<String, Integer> leaving = new LinkedHashMap<>();

  private long lastChange;
  private boolean doubted;

  Subscriptions() {}

  public int size() {
    return byFilter.size();
  }

  /** In the order in which they were made. */
  public List<Subscription> all() {
    return byFilter.values().stream().map(Standing::view).toList();
  }

  /** The subscription with exactly this filter, or null. */
  public @Nullable Subscription find(String filter) {
    Standing known = byFilter.get(filter);
    return known == null ? null : known.view();
  }

  /** Whether any subscription, shared ones included, matches a Topic Name. */
  public boolean matches(TopicName topic) {
    return byFilter.values().stream().anyMatch(known -> known.filter().matches(topic));
  }

  /** All subscriptions that match a Topic Name. */
  public List<Subscription> matching(TopicName topic) {
    return byFilter.values().stream()
        .filter(known -> known.filter().matches(topic))
        .map(Standing::view)
        .toList();
  }

  /** Whether an UNSUBSCRIBE of this filter, the last one of several, is not answered. */
  public boolean isLeaving(String filter) {
    return leaving.containsKey(filter);
  }

  /** Whether this must be sent: it is new, or other than what was sent before. */
  boolean isNews(Subscribe.Entry entry, int identifier) {
    Standing known = byFilter.get(entry.filter());
    return known == null || known.isNews(entry.options(), identifier);
  }

  /** Counts up. Returns what must be sent, or null where the same was sent before. */
  @Nullable Change add(TopicFilter filter, Subscribe.Entry entry, int identifier) {
    leaving.remove(filter.text());
    Standing known = byFilter.get(filter.text());
    if (known != null && !known.isNews(entry.options(), identifier)) {
      known.join();
      return null;
    }
    Standing standing = byFilter.computeIfAbsent(filter.text(), text -> new Standing(filter));
    return standing.ask(entry.options(), identifier, ++lastChange);
  }

  /** SUBACK has granted what was sent. */
  void confirm(Change change) {
    Standing known = byFilter.get(change.filter.text());
    if (known != null) {
      known.confirm(change);
    }
  }

  /** SUBACK has refused what was sent: what the server had before is what holds. */
  void refuse(Change change) {
    Standing known = byFilter.get(change.filter.text());
    if (known != null && known.refuse(change)) {
      byFilter.remove(change.filter.text());
    }
  }

  /** The first filter that is not subscribed as often as it stands in the list, or null. */
  @Nullable String firstUnknown(List<String> filters) {
    Map<String, Integer> wanted = new HashMap<>();
    for (String filter : filters) {
      Standing known = byFilter.get(filter);
      int times = wanted.merge(filter, 1, Integer::sum);
      if (known == null || known.count() < times) {
        return filter;
      }
    }
    return null;
  }

  /** The filters that nobody is left for once these are counted down. */
  List<String> lastOnes(List<String> filters) {
    Map<String, Integer> left = new HashMap<>();
    List<String> last = new ArrayList<>();
    for (String filter : filters) {
      Standing known = byFilter.get(filter);
      int before = left.getOrDefault(filter, known == null ? 0 : known.count());
      left.put(filter, before - 1);
      if (before == 1) {
        last.add(filter);
      }
    }
    return last;
  }

  /** Counts down; at zero the subscription is gone. */
  void countDown(List<String> filters) {
    for (String filter : filters) {
      Standing known = byFilter.get(filter);
      if (known == null) {
        continue;
      }
      known.countDown();
      if (known.count() == 0) {
        byFilter.remove(filter);
        leaving.put(filter, NOT_SENT);
      }
    }
  }

  /** The server may have these; they are not wanted, which this UNSUBSCRIBE says. */
  void leave(List<String> filters, int packetId) {
    filters.forEach(filter -> leaving.put(filter, packetId));
  }

  /** UNSUBACK has come; a filter that was subscribed and left again since waits for the next. */
  void left(List<String> filters, int packetId) {
    filters.forEach(filter -> leaving.remove(filter, packetId));
  }

  /** Filters whose UNSUBACK has not come. */
  List<String> leaving() {
    return List.copyOf(leaving.keySet());
  }

  /** Nothing is subscribed at the server any more: all that must be sent again. */
  List<Change> afterLoss() {
    leaving.clear();
    doubted = false;
    return byFilter.values().stream().map(known -> known.again(++lastChange)).toList();
  }

  /** Perhaps the server's session is a new one, or other filters are in it. */
  void doubt() {
    doubted = true;
  }

  /**
   * What the server may not have although there is a session: nobody saw its SUBACK, or it may be
   * another session.
   */
  List<Change> unconfirmed() {
    List<Change> changes =
        byFilter.values().stream()
            .filter(known -> doubted || !known.isConfirmed())
            .map(known -> doubted ? known.again(++lastChange) : known.askAgain(++lastChange))
            .toList();
    doubted = false;
    return changes;
  }

  void clear() {
    byFilter.clear();
    leaving.clear();
  }
}
