package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that the client wants to have, each with the number of those who asked for it.
 * Outlives connections, so that what a server has lost can be subscribed again.
 */
public final class Subscriptions {
  private final Map<String, Subscription> byFilter = new LinkedHashMap<>();
  private final Set<String> leaving = new LinkedHashSet<>();

  Subscriptions() {}

  public int size() {
    return byFilter.size();
  }

  /** In the order in which they were made. */
  public List<Subscription> all() {
    return List.copyOf(byFilter.values());
  }

  /** The subscription with exactly this filter, or null. */
  public @Nullable Subscription find(String filter) {
    return byFilter.get(filter);
  }

  /** Whether any subscription, shared ones included, matches a Topic Name. */
  public boolean matches(TopicName topic) {
    for (Subscription subscription : byFilter.values()) {
      if (subscription.filter().matches(topic)) {
        return true;
      }
    }
    return false;
  }

  /** All subscriptions that match a Topic Name. */
  public List<Subscription> matching(TopicName topic) {
    List<Subscription> found = new ArrayList<>();
    for (Subscription subscription : byFilter.values()) {
      if (subscription.filter().matches(topic)) {
        found.add(subscription);
      }
    }
    return found;
  }

  /** Whether this must be sent: it is new, or other than what was sent before. */
  boolean isNews(Subscribe.Entry entry, int identifier) {
    Subscription known = byFilter.get(entry.filter());
    return known == null
        || known.identifier() != identifier
        || !known.options().equals(entry.options());
  }

  /** Counts up. */
  Change add(TopicFilter filter, Subscribe.Entry entry, int identifier) {
    Subscription known = byFilter.get(filter.text());
    boolean confirmed = known != null && known.confirmed() && !isNews(entry, identifier);
    int count = known == null ? 1 : known.count() + 1;
    Subscription wanted = new Subscription(filter, entry.options(), identifier, count, confirmed);
    byFilter.put(filter.text(), wanted);
    leaving.remove(filter.text());
    return new Change(wanted, entry, known);
  }

  /** SUBACK has granted what was sent. */
  void confirm(Change change) {
    Subscription known = find(change);
    if (known != null) {
      byFilter.put(known.filter().text(), known.confirmed(true));
    }
  }

  /** SUBACK has refused what was sent: what the server had before is what holds. */
  void refuse(Change change) {
    Subscription known = find(change);
    if (known == null) {
      return;
    }
    Subscription before = change.before();
    if (before != null && before.confirmed()) {
      byFilter.put(known.filter().text(), before.withCount(Math.max(1, known.count() - 1)));
    } else {
      byFilter.remove(known.filter().text());
    }
  }

  /** The first filter that is not subscribed as often as it stands in the list, or null. */
  @Nullable String firstUnknown(List<String> filters) {
    Map<String, Integer> wanted = new HashMap<>();
    for (String filter : filters) {
      Subscription known = byFilter.get(filter);
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
      Subscription known = byFilter.get(filter);
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
      Subscription known = byFilter.get(filter);
      if (known != null && known.count() > 1) {
        byFilter.put(filter, known.withCount(known.count() - 1));
      } else if (known != null) {
        byFilter.remove(filter);
        leaving.add(filter);
      }
    }
  }

  /** UNSUBACK has come for a filter. */
  void left(String filter) {
    leaving.remove(filter);
  }

  /** Filters whose UNSUBACK has not come. */
  List<String> leaving() {
    return List.copyOf(leaving);
  }

  /** Nothing is subscribed at the server any more: all that must be sent again. */
  List<Change> afterLoss() {
    leaving.clear();
    List<Change> changes = new ArrayList<>();
    for (Subscription subscription : all()) {
      changes.add(new Change(subscription, again(subscription), null));
      byFilter.put(subscription.filter().text(), subscription.confirmed(false));
    }
    return changes;
  }

  /** What the server may not have although the session goes on: nobody saw its SUBACK. */
  List<Change> unconfirmed() {
    List<Change> changes = new ArrayList<>();
    for (Subscription subscription : byFilter.values()) {
      if (!subscription.confirmed()) {
        changes.add(new Change(subscription, subscription.entry(), null));
      }
    }
    return changes;
  }

  void clear() {
    byFilter.clear();
    leaving.clear();
  }

  private @Nullable Subscription find(Change change) {
    Subscription known = byFilter.get(change.sent().filter());
    return known != null && known.options().equals(change.wanted().options()) ? known : null;
  }

  /** Retained messages that were seen are not wanted again, unless the server takes it for new. */
  private static Subscribe.Entry again(Subscription subscription) {
    SubscriptionOptions o = subscription.options();
    if (!subscription.confirmed() || o.retainHandling() != RetainHandling.SEND) {
      return subscription.entry();
    }
    return new Subscribe.Entry(
        subscription.filter().text(),
        new SubscriptionOptions(
            o.qos(), o.noLocal(), o.retainAsPublished(), RetainHandling.SEND_IF_NEW));
  }

  /**
   * One entry of a SUBSCRIBE.
   *
   * @param wanted what holds when it is granted
   * @param before what held before, or null
   */
  record Change(Subscription wanted, Subscribe.Entry sent, @Nullable Subscription before) {}
}
