package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A journal of one thread, its owner. The store tells it how far it has come; the owner completes
 * what is due, in order, in one task however much that is.
 */
final class StoreJournal implements Journal {
  private final Executor owner;
  private final Consumer<Operation> store;
  private final Supplier<Health> health;

  /** In the order of the calls. Only the owner touches it. */
  private final ArrayDeque<Operation> underWay = new ArrayDeque<>();

  /** Only the owner touches it. */
  private long calls;

  /** All calls up to this one are durable. Only the store writes it. */
  private volatile long durableUpTo;

  /** A task of the owner is under way that has not looked yet. */
  private final AtomicBoolean isWoken = new AtomicBoolean();

  StoreJournal(Executor owner, Consumer<Operation> store, Supplier<Health> health) {
    this.owner = owner;
    this.store = store;
    this.health = health;
  }

  @Override
  public void append(JournalBatch batch, Stored completion) {
    submit(new Append(this, ++calls, batch, completion));
  }

  @Override
  public void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion) {
    submit(new Scan(this, ++calls, prefix, after, maximumBytes, completion));
  }

  @Override
  public Health health() {
    return health.get();
  }

  /** The store: all calls up to this one are durable. The owner is not told yet. */
  void durableUpTo(long number) {
    durableUpTo = number;
  }

  /** The store: whether this call has been told to be durable. */
  boolean isDurable(Operation operation) {
    return operation.number() <= durableUpTo;
  }

  /** The store: there may be something to complete. */
  void wake() {
    if (isWoken.compareAndSet(false, true)) {
      try {
        owner.execute(this::complete);
      } catch (RejectedExecutionException e) {
        // The owner has ended, as after a crash: nobody waits for a completion.
      }
    }
  }

  private void submit(Operation operation) {
    underWay.add(operation);
    store.accept(operation);
  }

  private void complete() {
    isWoken.set(false);
    long upTo = durableUpTo;
    boolean thrown = true;
    try {
      Operation first;
      while ((first = underWay.peek()) != null && first.number() <= upTo && first.isAnswered()) {
        underWay.remove();
        first.complete();
      }
      thrown = false;
    } finally {
      if (thrown) {
        wake(); // a completion has failed; the others are due all the same
      }
    }
  }
}
