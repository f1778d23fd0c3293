package io.culvert.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReceivedIdsTest {
  @Property(tries = 300)
  void behavesLikeASet(@ForAll long seed, @ForAll @IntRange(min = 1, max = 65_535) int range) {
    Random random = new Random(seed);
    ReceivedIds ids = new ReceivedIds();
    TreeSet<Integer> model = new TreeSet<>();
    int bias = 1 + random.nextInt(9);
    for (int step = 0; step < 400; step++) {
      int id = 1 + random.nextInt(range);
      if (random.nextInt(10) < bias) {
        assertThat(ids.add(id)).isEqualTo(model.add(id));
      } else if (random.nextInt(200) == 0) {
        ids.clear();
        model.clear();
      } else {
        int known = model.isEmpty() || random.nextBoolean() ? id : model.first();
        assertThat(ids.remove(known)).isEqualTo(model.remove(known));
      }
      assertThat(ids.contains(id)).isEqualTo(model.contains(id));
      assertThat(ids.size()).isEqualTo(model.size());
    }
    assertThat(ids.toArray()).containsExactly(model.stream().mapToInt(i -> i).toArray());
  }

  @Test
  void holdsAllIdentifiersAtOnce() {
    ReceivedIds ids = new ReceivedIds();
    for (int id = 65_535; id >= 1; id--) {
      assertThat(ids.add(id)).isTrue();
    }
    assertThat(ids.size()).isEqualTo(65_535);
    assertThat(ids.add(1)).isFalse();
    for (int id = 1; id <= 65_535; id++) {
      assertThat(ids.remove(id)).isTrue();
    }
    assertThat(ids.size()).isZero();
    assertThat(ids.toArray()).isEmpty();
  }

  @Test
  void nothingIsInAnEmptyOne() {
    ReceivedIds ids = new ReceivedIds();

    assertThat(ids.contains(0)).isFalse();
    assertThat(ids.contains(1)).isFalse();
    assertThat(ids.remove(1)).isFalse();
  }

  @Test
  void whatIsNoIdentifierIsOurOwnFault() {
    ReceivedIds ids = new ReceivedIds();

    assertThatIllegalArgumentException().isThrownBy(() -> ids.add(0));
    assertThatIllegalArgumentException().isThrownBy(() -> ids.add(65_536));
  }
}
