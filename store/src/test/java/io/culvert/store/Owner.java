package io.culvert.store;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Page;
import io.culvert.engine.JournalBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A thread that owns a journal, for tests. */
final class Owner implements AutoCloseable {
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Journal journal;

  Owner(Store store) {
    this.journal = store.journal(this::execute);
  }

  /** Runs it on the thread. */
  void call(Consumer<Journal> calls) {
    execute(() -> calls.accept(journal));
  }

  <T> T ask(Supplier<T> question) {
    return get(CompletableFuture.supplyAsync(question, thread));
  }

  /** Appends and does not wait. */
  void append(JournalBatch batch) {
    call(own -> own.append(batch, () -> {}));
  }

  /** Appends and waits until it is stored. */
  void store(JournalBatch batch) {
    CompletableFuture<Boolean> stored = new CompletableFuture<>();
    call(own -> own.append(batch, () -> stored.complete(true)));
    get(stored);
  }

  /** Waits until all that was called before is completed. */
  void barrier() {
    store(new JournalBatch());
  }

  /** All records, page by page. */
  List<Entry> scan(Bytes prefix, int pageBytes) {
    List<Entry> entries = new ArrayList<>();
    Page page;
    do {
      Bytes after = entries.isEmpty() ? Bytes.EMPTY : entries.get(entries.size() - 1).key();
      CompletableFuture<Page> scanned = new CompletableFuture<>();
      call(own -> own.scan(prefix, after, pageBytes, scanned::complete));
      page = get(scanned);
      entries.addAll(page.entries());
      if (page.entries().stream().skip(1).mapToInt(Entry::bytes).sum() > pageBytes) {
        throw new AssertionError("a page of more than " + pageBytes + " bytes");
      }
    } while (page.hasMore());
    return entries;
  }

  Journal.Health health() {
    return ask(journal::health);
  }

  /** What completions have thrown. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void execute(Runnable task) {
    thread.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            failures.add(String.valueOf(e.getMessage()));
          }
        });
  }

  private static <T> T get(CompletableFuture<T> answer) {
    try {
      return answer.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
