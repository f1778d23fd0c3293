package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Deadlines.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Deadlines<String> deadlines = new Deadlines<>();

  @Test
  void hasNoDeadlineWhenEmpty() {
    assertThat(deadlines.earliest()).isEqualTo(Engine.NO_DEADLINE);
    assertThat(deadlines.pollExpired(Long.MAX_VALUE - 1)).isNull();
  }

  @Test
  void comesOnceAndInOrder() {
    deadlines.set(deadlines.entry("late"), 20);
    deadlines.set(deadlines.entry("early"), 10);

    assertThat(deadlines.earliest()).isEqualTo(10);
    assertThat(deadlines.pollExpired(9)).isNull();
    assertThat(deadlines.pollExpired(20)).isEqualTo("early");
    assertThat(deadlines.pollExpired(20)).isEqualTo("late");
    assertThat(deadlines.pollExpired(20)).isNull();
    assertThat(deadlines.size()).isZero();
  }

  @Test
  void aDeadlineThatWasPutOffComesAtItsNewTime() {
    Entry<String> entry = deadlines.entry("a");
    deadlines.set(entry, 10);
    deadlines.set(entry, 30);

    assertThat(deadlines.pollExpired(29)).isNull();
    assertThat(deadlines.earliest()).isEqualTo(30);
    assertThat(deadlines.pollExpired(30)).isEqualTo("a");
  }

  @Test
  void aDeadlineThatWasBroughtForwardComesAtItsNewTime() {
    Entry<String> entry = deadlines.entry("a");
    deadlines.set(deadlines.entry("b"), 15);
    deadlines.set(entry, 30);
    deadlines.set(entry, 10);

    assertThat(deadlines.earliest()).isEqualTo(10);
    assertThat(deadlines.pollExpired(10)).isEqualTo("a");
    assertThat(deadlines.pollExpired(30)).isEqualTo("b");
    assertThat(deadlines.pollExpired(30)).isNull();
  }

  @Test
  void aClearedDeadlineNeverComesAndCanBeSetAgain() {
    Entry<String> entry = deadlines.entry("a");
    deadlines.set(entry, 10);
    deadlines.set(entry, Engine.NO_DEADLINE);

    assertThat(deadlines.pollExpired(1_000_000)).isNull();
    assertThat(deadlines.size()).isZero();

    deadlines.set(entry, 5);
    assertThat(deadlines.pollExpired(5)).isEqualTo("a");
  }

  @Test
  void aRemovedEntryIsGoneAtOnce() {
    Entry<String> entry = deadlines.entry("a");
    deadlines.set(entry, 10);
    deadlines.remove(entry);
    deadlines.remove(entry);

    assertThat(deadlines.size()).isZero();
    assertThat(deadlines.earliest()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Property
  void agreesWithANaiveModel(@ForAll long seed) {
    Random random = new Random(seed);
    Deadlines<Integer> tested = new Deadlines<>();
    List<Entry<Integer>> entries = new ArrayList<>();
    Map<Integer, Long> model = new HashMap<>();
    for (int key = 0; key < 40; key++) {
      entries.add(tested.entry(key));
    }
    long now = 0;
    for (int i = 0; i < 300; i++) {
      int key = random.nextInt(entries.size());
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          long at = now + random.nextInt(100);
          tested.set(entries.get(key), at);
          model.put(key, at);
        }
        case 3 -> {
          tested.set(entries.get(key), Engine.NO_DEADLINE);
          model.remove(key);
        }
        case 4 -> {
          tested.remove(entries.get(key));
          model.remove(key);
        }
        default -> {
          now += random.nextInt(40);
          pollAll(tested, model, now);
        }
      }
      long truth = model.values().stream().min(Long::compare).orElse(Engine.NO_DEADLINE);
      assertThat(tested.earliest()).isLessThanOrEqualTo(truth);
    }
    pollAll(tested, model, now + 1000);
    assertThat(model).isEmpty();
    assertThat(tested.size()).isZero();
  }

  /**
   * Everything that is due comes, and nothing else; afterwards {@code earliest} is in the future.
   */
  private static void pollAll(Deadlines<Integer> tested, Map<Integer, Long> model, long now) {
    Integer key;
    while ((key = tested.pollExpired(now)) != null) {
      assertThat(model.remove(key)).isNotNull().isLessThanOrEqualTo(now);
    }
    assertThat(model.values()).allMatch(at -> at > now);
    assertThat(tested.earliest()).isGreaterThan(now);
  }
}
