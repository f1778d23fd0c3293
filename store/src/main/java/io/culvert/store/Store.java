package io.culvert.store;

import io.culvert.engine.Journal;
import java.util.concurrent.Executor;

/** Records that several threads share, each through a journal of its own. */
public interface Store extends AutoCloseable {
  /**
   * A journal for one thread: its methods are called there, and the owner runs its completions
   * there, all that are due in one task. The owner must not run a task at once within {@code
   * execute}.
   *
   * <p>All journals of a store see the same records and share one order of batches: what was
   * appended on one thread, before something was appended on another one, is stored before it.
   *
   * <p>After {@link #close} nothing is stored and no completion comes any more.
   */
  Journal journal(Executor owner);

  /** How it is now. Any thread may ask. */
  StoreStatus status();

  /**
   * Stores what waits, for a limited time, and gives up the folder. Blocks until that is done;
   * never called by the owner of a journal that others wait for.
   */
  @Override
  void close();
}
