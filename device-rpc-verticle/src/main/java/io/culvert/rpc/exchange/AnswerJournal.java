package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Health;
import io.culvert.engine.Journal.Page;
import io.culvert.engine.JournalBatch;
import java.util.List;
import java.util.function.Consumer;

/** Answers that are kept in a journal, such as that of a store on disk. */
public final class AnswerJournal implements AnswerRecords {
  /** The first byte of all its keys; the broker has those up to 240, the client 241. */
  private static final byte FAMILY = (byte) 242;

  private static final int PAGE_BYTES = 256 * 1024;

  private final Journal journal;
  private final Bytes prefix;

  /**
   * @param tag of the responder, which may share the store with others
   */
  public AnswerJournal(Journal journal, String tag) {
    this.journal = journal;
    byte[] name = Bytes.utf8(tag).toByteArray();
    byte[] start = new byte[name.length + 2];
    start[0] = FAMILY;
    System.arraycopy(name, 0, start, 1, name.length);
    this.prefix = Bytes.wrap(start);
  }

  @Override
  public void load(Consumer<ExchangeRecord> each, Runnable loaded) {
    journal.scan(prefix, Bytes.EMPTY, PAGE_BYTES, page -> loaded(page, each, loaded));
  }

  @Override
  public void keep(ExchangeRecord kept, Runnable stored) {
    journal.append(
        new JournalBatch().put(RecordFormat.key(prefix, kept.key()), RecordFormat.value(kept)),
        stored::run);
  }

  @Override
  public void forget(List<ExchangeKey> keys) {
    JournalBatch batch = new JournalBatch();
    keys.forEach(key -> batch.delete(RecordFormat.key(prefix, key)));
    journal.append(batch, () -> {});
  }

  @Override
  public boolean isReady() {
    return journal.health() == Health.READY;
  }

  private void loaded(Page page, Consumer<ExchangeRecord> each, Runnable loaded) {
    List<Entry> entries = page.entries();
    for (Entry entry : entries) {
      ExchangeRecord kept = RecordFormat.read(prefix, entry);
      if (kept != null) {
        each.accept(kept);
      }
    }
    if (page.hasMore()) {
      Bytes last = entries.get(entries.size() - 1).key();
      journal.scan(prefix, last, PAGE_BYTES, next -> loaded(next, each, loaded));
    } else {
      loaded.run();
    }
  }
}
