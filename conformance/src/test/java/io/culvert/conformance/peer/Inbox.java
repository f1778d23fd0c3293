package io.culvert.conformance.peer;

import io.culvert.conformance.broker.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Messages in the order in which a client handed them over. Filled by the client's thread. */
public final class Inbox {

  /** How long {@link #nextOf} waits for one of several. */
  private static final int TURN_MILLIS = 20;

  private final String owner;
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

  Inbox(String owner) {
    this.owner = owner;
  }

  /** The next message; a failed test when none comes. */
  public Message next() {
    try {
      Message next = messages.poll(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw new AssertionError("no message for " + owner + " within " + Await.LIMIT);
      }
      return next;
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
  }

  /** The next {@code count} messages. */
  public List<Message> next(int count) {
    List<Message> taken = new ArrayList<>(count);
    while (taken.size() < count) {
      try {
        taken.add(next());
      } catch (AssertionError e) {
        throw new AssertionError(
            "got " + taken.size() + " of " + count + ", last " + last(taken), e);
      }
    }
    return taken;
  }

  /** The payloads of the next {@code count} messages, as text. */
  public List<String> nextTexts(int count) {
    return next(count).stream().map(message -> message.payload().text()).toList();
  }

  /** The next message of any of these; a failed test when none comes. */
  public static Message nextOf(List<Inbox> inboxes) {
    long end = System.nanoTime() + Await.LIMIT.toNanos();
    try {
      while (System.nanoTime() < end) {
        for (Inbox inbox : inboxes) {
          Message next = inbox.messages.poll(TURN_MILLIS, TimeUnit.MILLISECONDS);
          if (next != null) {
            return next;
          }
        }
      }
    } catch (InterruptedException e) {
      throw Await.interrupted(e);
    }
    throw new AssertionError("no message for any of " + inboxes.size() + " within " + Await.LIMIT);
  }

  void add(Message message) {
    messages.add(message);
  }

  private static String last(List<Message> taken) {
    return taken.isEmpty() ? "none" : taken.get(taken.size() - 1).toString();
  }
}
