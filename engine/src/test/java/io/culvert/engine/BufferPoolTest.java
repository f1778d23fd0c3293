package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  private final BufferPool pool = new BufferPool();

  @Property
  void anArrayIsLargeEnoughAndAtMostTwiceAsLarge(@ForAll @IntRange(max = 200_000) int length) {
    int size = pool.take(length).length;

    assertThat(size).isGreaterThanOrEqualTo(length);
    assertThat(size).isLessThan(Math.max(BufferPool.SMALLEST_BYTES + 1, 2 * length));
  }

  @Property(tries = 200)
  void noArrayIsHandedOutTwice(@ForAll long seed) {
    Random random = new Random(seed);
    Set<byte[]> out = Collections.newSetFromMap(new IdentityHashMap<>());
    List<byte[]> held = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (random.nextInt(3) > 0 || held.isEmpty()) {
        byte[] array = pool.take(random.nextInt(1 << random.nextInt(18)));
        assertThat(out.add(array)).as("already handed out").isTrue();
        held.add(array);
      } else {
        byte[] array = held.remove(random.nextInt(held.size()));
        out.remove(array);
        pool.give(array);
      }
    }
    held.forEach(pool::give);
  }

  @Test
  void handsAGivenArrayOutAgain() {
    byte[] array = pool.take(1000);
    pool.give(array);

    assertThat(pool.take(513)).isSameAs(array);
    assertThat(pool.take(513)).isNotSameAs(array);
  }

  @Test
  void keepsNoArrayAboveTheLimit() {
    byte[] large = pool.take(BufferPool.LARGEST_KEPT_BYTES + 1);
    pool.give(large);

    assertThat(pool.take(large.length)).isNotSameAs(large);
  }

  @Test
  void keepsABoundedNumberOfEachSize() {
    int kept = BufferPool.KEPT_BYTES_PER_SIZE / BufferPool.LARGEST_KEPT_BYTES;
    Set<byte[]> given = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < kept + 5; i++) {
      given.add(new byte[BufferPool.LARGEST_KEPT_BYTES]);
    }
    given.forEach(pool::give);

    int found = 0;
    for (int i = 0; i < kept + 5; i++) {
      found += given.contains(pool.take(BufferPool.LARGEST_KEPT_BYTES)) ? 1 : 0;
    }

    assertThat(found).isEqualTo(kept);
  }

  @Test
  void knowsWhetherItWillKeepWhatItHandsOut() {
    BufferPool small = BufferPool.forHeap(0);
    int kept = BufferPool.LEAST_KEPT_BYTES_PER_SIZE / 4096;
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < kept; i++) {
      assertThat(small.keepsFor(4096)).isTrue();
      out.add(small.take(4096));
    }
    assertThat(small.keepsFor(4096)).isFalse();
    assertThat(small.keepsFor(2048)).isTrue();
    assertThat(small.keepsFor(BufferPool.LARGEST_KEPT_BYTES + 1)).isFalse();

    out.add(small.take(4096));
    small.give(out.remove(0));
    assertThat(small.keepsFor(4096)).isTrue();

    out.forEach(small::give); // one more than it keeps
    for (int i = 0; i < kept; i++) {
      assertThat(small.keepsFor(4096)).isTrue();
      small.take(4096);
    }
    assertThat(small.keepsFor(4096)).isFalse();
  }

  @Test
  void refusesAnArrayThatIsNotFromAPool() {
    assertThatThrownBy(() -> pool.give(new byte[300])).isInstanceOf(IllegalArgumentException.class);
  }
}
