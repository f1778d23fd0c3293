package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MemoryJournalTest {
  private int wakes;
  private final MemoryJournal journal = new MemoryJournal(() -> wakes++);
  private final List<Object> seen = new ArrayList<>();

  @Test
  void completesLaterAndInOrder() {
    journal.append(new JournalBatch().put(key("a"), key("1")), this::stored);
    journal.scan(Bytes.EMPTY, Bytes.EMPTY, 100, seen::add);
    journal.append(new JournalBatch().delete(key("a")), this::stored);
    assertThat(seen).isEmpty();
    assertThat(wakes).isEqualTo(1);

    journal.turn();
    assertThat(seen)
        .containsExactly(
            "stored", new Page(List.of(new Entry(key("a"), key("1"))), false), "stored");
    assertThat(journal.bytes()).isZero();
  }

  @Test
  void whatACompletionAppendsCompletesInTheNextTurn() {
    journal.append(
        new JournalBatch().put(key("a"), key("1")),
        () -> journal.append(new JournalBatch().put(key("b"), key("2")), this::stored));
    journal.turn();
    assertThat(seen).isEmpty();
    assertThat(wakes).isEqualTo(2);

    journal.turn();
    assertThat(seen).containsExactly("stored");
  }

  @Test
  void theLaterOfTwoChangesOfOneKeyCounts() {
    journal.append(
        new JournalBatch().put(key("a"), key("1")).put(key("b"), key("2")).delete(key("a")),
        this::stored);

    assertThat(scan(Bytes.EMPTY, 100)).containsExactly(new Entry(key("b"), key("2")));
  }

  @Test
  void aPrefixDoesNotReachItsNeighbours() {
    JournalBatch batch = new JournalBatch();
    List.of("a", "a/1", "a/2", "a0", "b").forEach(k -> batch.put(key(k), key("v")));
    journal.append(batch, this::stored);

    assertThat(scan(key("a/"), 100))
        .extracting(e -> e.key().toUtf8())
        .containsExactly("a/1", "a/2");
    assertThat(scan(key("c"), 100)).isEmpty();
  }

  @Test
  void aRecordThatIsLargerThanThePageStillComes() {
    journal.append(
        new JournalBatch().put(key("a"), Bytes.wrap(new byte[1000])).put(key("b"), key("1")),
        this::stored);

    assertThat(scan(Bytes.EMPTY, 1)).hasSize(2);
  }

  @Test
  void aKeyIsNeverEmpty() {
    JournalBatch batch = new JournalBatch();

    assertThatThrownBy(() -> batch.put(Bytes.EMPTY, key("v")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(batch.isEmpty()).isTrue();
  }

  @Property(tries = 200)
  void agreesWithASortedMapHoweverItIsPaged(@ForAll long seed) {
    Random random = new Random(seed);
    MemoryJournal tested = new MemoryJournal(Wake.NOBODY);
    TreeMap<Bytes, Bytes> model = new TreeMap<>();
    for (int i = 0; i < 30; i++) {
      JournalBatch batch = new JournalBatch();
      for (int change = random.nextInt(5); change > 0; change--) {
        Bytes key = randomBytes(random, 1 + random.nextInt(2));
        if (random.nextInt(20) == 0) {
          batch.deleteAll(key);
          model.keySet().removeIf(each -> each.startsWith(key));
        } else if (random.nextInt(3) == 0) {
          batch.delete(key);
          model.remove(key);
        } else {
          Bytes value = randomBytes(random, random.nextInt(20));
          batch.put(key, value);
          model.put(key, value);
        }
      }
      tested.append(batch, () -> {});
    }
    Bytes prefix = randomBytes(random, random.nextInt(2));
    List<Entry> expected = new ArrayList<>();
    for (Map.Entry<Bytes, Bytes> record : model.entrySet()) {
      if (record.getKey().startsWith(prefix)) {
        expected.add(new Entry(record.getKey(), record.getValue()));
      }
    }

    assertThat(scan(tested, prefix, 1 + random.nextInt(100))).isEqualTo(expected);
    assertThat(tested.bytes())
        .isEqualTo(
            model.entrySet().stream()
                .mapToLong(e -> e.getKey().length() + e.getValue().length())
                .sum());
  }

  private void stored() {
    seen.add("stored");
  }

  private List<Entry> scan(Bytes prefix, int pageBytes) {
    return scan(journal, prefix, pageBytes);
  }

  /** All records, page by page. */
  private static List<Entry> scan(MemoryJournal journal, Bytes prefix, int pageBytes) {
    List<Entry> entries = new ArrayList<>();
    List<Page> pages = new ArrayList<>();
    do {
      Bytes after = entries.isEmpty() ? Bytes.EMPTY : entries.get(entries.size() - 1).key();
      journal.scan(prefix, after, pageBytes, pages::add);
      journal.turn();
      Page page = pages.get(pages.size() - 1);
      entries.addAll(page.entries());
      assertThat(page.entries().stream().skip(1).mapToInt(Entry::bytes).sum())
          .isLessThanOrEqualTo(pageBytes);
    } while (pages.get(pages.size() - 1).hasMore());
    return entries;
  }

  /** Few different bytes, so that keys collide, with the sign bit among them. */
  private static Bytes randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(4) * 0x55);
    }
    return Bytes.wrap(bytes);
  }

  private static Bytes key(String text) {
    return Bytes.utf8(text);
  }
}
