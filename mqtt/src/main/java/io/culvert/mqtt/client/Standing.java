package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with one filter: what the server has granted, what was asked for since and is not
 * answered, and how many have asked. There is always something granted or asked for.
 */
final class Standing {
  private final TopicFilter filter;
  private final List<Change> open = new ArrayList<>(1);
  private @Nullable Change granted;
  private int count;

  Standing(TopicFilter filter) {
    this.filter = filter;
  }

  /** As the owner sees it. */
  Subscription view() {
    Change wanted = wanted();
    return new Subscription(filter, wanted.options, wanted.identifier, count, wanted == granted);
  }

  TopicFilter filter() {
    return filter;
  }

  int count() {
    return count;
  }

  boolean isConfirmed() {
    return granted != null && wanted() == granted;
  }

  /** Whether this is other than what was asked for last. */
  boolean isNews(SubscriptionOptions options, int identifier) {
    Change wanted = wanted();
    return wanted.identifier != identifier || !wanted.options.equals(options);
  }

  /** One more who asks for the same as the last one. */
  void join() {
    count++;
    wanted().askers++;
  }

  /** Asks for something new. */
  Change ask(SubscriptionOptions options, int identifier, long number) {
    count++;
    Change change = new Change(filter, options, options, identifier, number, 1);
    open.add(change);
    return change;
  }

  void countDown() {
    count--;
  }

  /** SUBACK has granted it. */
  void confirm(Change change) {
    Change before = granted;
    if (open.remove(change) && (before == null || before.number < change.number)) {
      granted = change;
    }
  }

  /**
   * SUBACK has refused it: what was asked for or granted before is what holds.
   *
   * @return whether there is nothing left
   */
  boolean refuse(Change change) {
    if (!open.remove(change)) {
      return false;
    }
    count = Math.max(1, count - change.askers);
    return open.isEmpty() && granted == null;
  }

  /** The server has nothing any more: what must be sent again. */
  Change again(long number) {
    Change change =
        afresh(isConfirmed() ? withoutSeen(wanted().options) : wanted().options, number);
    granted = null;
    return change;
  }

  /** The server may not have what is wanted, as nobody saw its answer: what must be sent again. */
  Change askAgain(long number) {
    return afresh(wanted().options, number);
  }

  private Change afresh(SubscriptionOptions sent, long number) {
    Change last = wanted();
    Change change = new Change(filter, last.options, sent, last.identifier, number, count);
    open.clear();
    open.add(change);
    return change;
  }

  /** The last that was asked for and not refused. */
  private Change wanted() {
    Change last = open.isEmpty() ? null : open.get(open.size() - 1);
    Change had = granted;
    if (last != null && (had == null || had.number < last.number)) {
      return last;
    }
    if (had == null) {
      throw new IllegalStateException("nothing is left of the subscription to " + filter);
    }
    return had;
  }

  /** Retained messages that were seen are not wanted again, unless the server takes it for new. */
  private static SubscriptionOptions withoutSeen(SubscriptionOptions o) {
    return o.retainHandling() == RetainHandling.SEND
        ? new SubscriptionOptions(
            o.qos(), o.noLocal(), o.retainAsPublished(), RetainHandling.SEND_IF_NEW)
        : o;
  }

  /** One entry of a SUBSCRIBE, from its call to its SUBACK. Two are never equal. */
  static final class Change {
    final TopicFilter filter;
    final SubscriptionOptions options;
    final int identifier;
    private final SubscriptionOptions sent;
    private final long number;
    private int askers;

    private Change(
        TopicFilter filter,
        SubscriptionOptions options,
        SubscriptionOptions sent,
        int identifier,
        long number,
        int askers) {
      this.filter = filter;
      this.options = options;
      this.sent = sent;
      this.identifier = identifier;
      this.number = number;
      this.askers = askers;
    }

    /** As it is sent. */
    Subscribe.Entry entry() {
      return new Subscribe.Entry(filter.text(), sent);
    }
  }
}
