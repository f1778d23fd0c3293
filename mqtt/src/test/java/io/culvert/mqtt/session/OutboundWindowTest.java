package io.culvert.mqtt.session;

import static io.culvert.mqtt.wire.Statement.MQTT3_2_3_1_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_2_3_1_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_1_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_1_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OutboundWindowTest {
  @Property(tries = 300)
  @Normative({MQTT5_2_2_1_3, MQTT5_2_2_1_4, MQTT5_4_6_0_1, MQTT3_2_3_1_2, MQTT3_2_3_1_3})
  void behavesLikeAList(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int capacity) {
    Random random = new Random(seed);
    OutboundWindow window = new OutboundWindow(capacity);
    Model model = new Model(capacity);
    for (int step = 0; step < 300; step++) {
      model.step(window, random);
      model.check(window);
    }
  }

  @Test
  void identifiersBeginAtOneAndAFreedOneIsUsedLast() {
    OutboundWindow window = new OutboundWindow(4);
    Delivery delivery = delivery();
    for (int id = 1; id <= 4; id++) {
      assertThat(window.open(delivery)).isEqualTo(id);
    }
    window.close(3);
    window.close(1);

    assertThat(window.open(delivery)).isEqualTo(3);
    assertThat(window.open(delivery)).isEqualTo(1);
  }

  @Test
  void allIdentifiersCanBeInUse() {
    OutboundWindow window = new OutboundWindow(OutboundWindow.MAXIMUM_CAPACITY);
    Delivery delivery = delivery();
    Set<Integer> ids = new HashSet<>();
    while (!window.isFull()) {
      ids.add(window.open(delivery));
    }

    assertThat(ids).hasSize(65_535).contains(1, 65_535).doesNotContain(0);
    assertThatIllegalStateException().isThrownBy(() -> window.open(delivery));
    assertThatIllegalStateException().isThrownBy(window::reserve);
  }

  @Test
  void whatIsNotInUseCannotBeClosedReleasedOrGivenBack() {
    OutboundWindow window = new OutboundWindow(4);
    int published = window.open(delivery());
    int reserved = window.reserve();

    for (int id : new int[] {0, reserved, 3, 5, 65_535}) {
      assertThatIllegalArgumentException().isThrownBy(() -> window.close(id));
      assertThatIllegalArgumentException().isThrownBy(() -> window.release(id));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> window.giveBack(published));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> window.openReserved(published, delivery()));
    assertThatIllegalArgumentException().isThrownBy(() -> new OutboundWindow(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new OutboundWindow(65_536));
  }

  private static Delivery delivery() {
    Message message =
        Message.of(TopicName.of("a"), Bytes.EMPTY, QoS.EXACTLY_ONCE, false, Properties.EMPTY, 0);
    return Delivery.of(message, QoS.EXACTLY_ONCE, false);
  }

  private static final class Model {
    private final int capacity;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Integer> reserved = new ArrayList<>();
    private int limit;

    Model(int capacity) {
      this.capacity = capacity;
      this.limit = capacity;
    }

    void step(OutboundWindow window, Random random) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> {
          if (!window.isFull()) {
            Delivery delivery = delivery();
            add(window.open(delivery), delivery);
          }
        }
        case 3 -> {
          if (window.hasFreeId()) {
            int id = window.reserve();
            assertThat(id).isBetween(1, capacity);
            assertThat(reserved).doesNotContain(id);
            assertThat(ids()).doesNotContain(id);
            reserved.add(id);
          }
        }
        case 4 -> {
          if (!reserved.isEmpty() && window.hasQuota()) {
            Delivery delivery = delivery();
            int id = reserved.remove(random.nextInt(reserved.size()));
            window.openReserved(id, delivery);
            add(id, delivery);
          }
        }
        case 5 -> {
          if (!reserved.isEmpty()) {
            window.giveBack(reserved.remove(random.nextInt(reserved.size())));
          }
        }
        case 6, 7 -> {
          if (!entries.isEmpty()) {
            Entry entry = entries.get(random.nextInt(entries.size()));
            if (entry.delivery != null) {
              window.release(entry.id);
              entry.delivery = null;
            }
          }
        }
        case 8, 9 -> {
          if (!entries.isEmpty()) {
            window.close(entries.remove(random.nextInt(entries.size())).id);
          }
        }
        case 10 -> {
          if (random.nextInt(5) == 0) {
            int receiveMaximum = 1 + random.nextInt(capacity + 5);
            window.resume(receiveMaximum);
            limit = Math.min(capacity, receiveMaximum);
            entries.forEach(entry -> entry.sent = false);
          }
        }
        default -> resend(window);
      }
    }

    private void resend(OutboundWindow window) {
      Entry expected = entries.stream().filter(entry -> !entry.sent).findFirst().orElse(null);
      int id = window.nextToResend();
      if (expected == null || sent() >= limit) {
        assertThat(id).isZero();
      } else {
        assertThat(id).isEqualTo(expected.id);
        expected.sent = true;
      }
    }

    private void add(int id, Delivery delivery) {
      assertThat(id).isBetween(1, capacity);
      assertThat(ids()).as("identifiers in flight").doesNotContain(id);
      assertThat(reserved).doesNotContain(id);
      entries.add(new Entry(id, delivery));
    }

    void check(OutboundWindow window) {
      boolean allSent = entries.stream().allMatch(entry -> entry.sent);
      assertThat(window.size()).isEqualTo(entries.size());
      assertThat(window.isEmpty()).isEqualTo(entries.isEmpty());
      assertThat(window.hasQuota()).isEqualTo(allSent && sent() < limit);
      assertThat(window.hasFreeId()).isEqualTo(entries.size() + reserved.size() < capacity);
      assertThat(window.isFull()).isEqualTo(!window.hasQuota() || !window.hasFreeId());
      for (Entry entry : entries) {
        assertThat(window.published(entry.id)).isSameAs(entry.delivery);
        assertThat(window.isReleased(entry.id)).isEqualTo(entry.delivery == null);
      }
      List<Integer> ids = ids();
      for (int id = 0; id <= capacity + 1; id++) {
        if (!ids.contains(id)) {
          assertThat(window.published(id)).isNull();
          assertThat(window.isReleased(id)).isFalse();
        }
      }
    }

    private long sent() {
      return entries.stream().filter(entry -> entry.sent).count();
    }

    private List<Integer> ids() {
      return entries.stream().map(entry -> entry.id).toList();
    }
  }

  private static final class Entry {
    private final int id;
    private Delivery delivery;
    private boolean sent = true;

    Entry(int id, Delivery delivery) {
      this.id = id;
      this.delivery = delivery;
    }
  }
}
