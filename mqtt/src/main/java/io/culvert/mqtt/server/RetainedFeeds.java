package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages that the new subscriptions of one session bring, of one after the other.
 * They follow as the client takes them, when nothing else waits. Forgotten when it {@link
 * #isEmpty}.
 */
final class RetainedFeeds {
  /**
   * Messages that are sent in one turn of the session. There are very many of them, and whoever
   * comes meanwhile waits for one such turn: less than a tenth of a millisecond.
   */
  private static final int PER_TURN = 64;

  /** How long they wait before they look again whether there is memory. */
  private static final int MEMORY_MILLIS = 100;

  private final Session session;
  private final ByteBudget budget;
  private final ArrayDeque<RetainedFeed> waiting = new ArrayDeque<>(2);
  private int leftInTurn;

  RetainedFeeds(Session session, ByteBudget budget) {
    this.session = session;
    this.budget = budget;
  }

  void add(RetainedFeed feed) {
    if (waiting.size() > 2 * session.subscriptionCount()) {
      waiting.removeIf(RetainedFeeds::closeIfDone);
    }
    waiting.add(feed);
  }

  /** Perhaps its subscription was replaced. */
  private static boolean closeIfDone(RetainedFeed feed) {
    boolean isDone = feed.isDone();
    if (isDone) {
      feed.close();
    }
    return isDone;
  }

  /** A subscription was replaced by one that asks for no retained messages: its own still come. */
  void replaced(Subscription before, Subscription newer) {
    waiting.forEach(feed -> feed.replaced(before, newer));
  }

  /** The filters whose retained messages have not all been sent. */
  List<TopicFilter> unfinished() {
    return waiting.stream().filter(feed -> !feed.isDone()).map(RetainedFeed::filter).toList();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Messages of how many subscriptions wait for their turn. */
  int size() {
    return waiting.size();
  }

  void close() {
    waiting.forEach(RetainedFeed::close);
    waiting.clear();
  }

  void beginTurn() {
    leftInTurn = PER_TURN;
  }

  /** More may be sent in this turn, perhaps; not only what is on its way from another shard. */
  boolean hasMore() {
    if (!hasMemory()) {
      return false;
    }
    RetainedFeed feed = waiting.element();
    feed.open();
    return feed.isDone() || (leftInTurn > 0 && !feed.isWaiting());
  }

  /**
   * The next message; or null when it does not come now. Then the client's acknowledgement or
   * another shard sees to it that the connection asks again, or the connection does so by itself.
   */
  @Nullable Delivery next(ServerConnection to, long nowMillis) {
    if (!hasMemory()) {
      if (session.outgoing().window().isEmpty()) { // else an acknowledgement comes
        to.pollAt(nowMillis + MEMORY_MILLIS);
      }
      return null;
    }
    RetainedFeed feed = waiting.element();
    feed.open();
    if (!feed.isDone() && !hasTurn(feed, to, nowMillis)) {
      return null;
    }
    Delivery delivery = feed.isDone() ? null : feed.next(nowMillis);
    leftInTurn -= delivery == null ? 0 : 1;
    if (feed.isDone()) {
      waiting.remove();
      feed.close();
    }
    return delivery;
  }

  private boolean hasTurn(RetainedFeed feed, ServerConnection to, long nowMillis) {
    boolean mayCome = feed.mayCome(nowMillis);
    if (!mayCome) {
      to.pollAt(nowMillis + 1);
    } else if (leftInTurn == 0) {
      to.pollAgain();
    }
    return mayCome && leftInTurn > 0;
  }

  /**
   * While memory is scarce, the next retained message follows when the one before is acknowledged:
   * a client that does not do so makes the node hold no more. Where it is critical, all wait.
   */
  private boolean hasMemory() {
    return !budget.isScarce() || (session.outgoing().window().isEmpty() && !budget.isCritical());
  }
}
