package io.culvert.mqtt.session;

import static io.culvert.mqtt.wire.Statement.MQTT3_4_6_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_6_0_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AckQueueTest {
  private static final List<ReasonCode> CODES =
      List.of(
          ReasonCode.SUCCESS,
          ReasonCode.NO_MATCHING_SUBSCRIBERS,
          ReasonCode.UNSPECIFIED_ERROR,
          ReasonCode.PAYLOAD_FORMAT_INVALID);

  @Property(tries = 300)
  @Normative({MQTT5_4_6_0_2, MQTT5_4_6_0_3, MQTT3_4_6_0_2, MQTT3_4_6_0_3})
  void behavesLikeAList(@ForAll long seed, @ForAll @IntRange(min = 1, max = 65_535) int range) {
    Random random = new Random(seed);
    AckQueue acks = new AckQueue();
    List<Entry> model = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      int id = 1 + random.nextInt(range);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          boolean pubRec = random.nextBoolean();
          acks.add(id, pubRec);
          model.add(new Entry(id, pubRec));
        }
        case 3, 4, 5 -> {
          int known =
              model.isEmpty() || random.nextInt(4) == 0
                  ? id
                  : model.get(random.nextInt(model.size())).id;
          ReasonCode code = CODES.get(random.nextInt(CODES.size()));
          Entry undecided =
              model.stream().filter(e -> e.id == known && e.code == null).findFirst().orElse(null);
          assertThat(acks.decide(known, code)).isEqualTo(undecided != null);
          if (undecided != null) {
            undecided.code = code;
          }
        }
        case 6 -> {
          if (random.nextInt(50) == 0) {
            acks.clear();
            model.clear();
          }
        }
        default -> takeReady(acks, model);
      }
      assertThat(acks.size()).isEqualTo(model.size());
    }
    takeReady(acks, model);
  }

  @Test
  void nothingLeavesBeforeWhatCameEarlier() {
    AckQueue acks = new AckQueue();
    acks.add(1, false);
    acks.add(2, true);
    acks.decide(2, ReasonCode.SUCCESS);
    assertThat(acks.isReady()).isFalse();

    acks.decide(1, ReasonCode.QUOTA_EXCEEDED);

    assertThat(acks.isReady()).isTrue();
    assertThat(acks.type()).isEqualTo(PacketType.PUBACK);
    assertThat(acks.reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    acks.remove();
    assertThat(acks.packetId()).isEqualTo(2);
    assertThat(acks.type()).isEqualTo(PacketType.PUBREC);
  }

  private static void takeReady(AckQueue acks, List<Entry> model) {
    while (!model.isEmpty() && model.get(0).code != null) {
      Entry entry = model.remove(0);
      assertThat(acks.isReady()).isTrue();
      assertThat(acks.packetId()).isEqualTo(entry.id);
      assertThat(acks.type()).isEqualTo(entry.pubRec ? PacketType.PUBREC : PacketType.PUBACK);
      assertThat(acks.reasonCode()).isEqualTo(entry.code);
      acks.remove();
    }
    assertThat(acks.isReady()).isFalse();
  }

  private static final class Entry {
    private final int id;
    private final boolean pubRec;
    private ReasonCode code;

    Entry(int id, boolean pubRec) {
      this.id = id;
      this.pubRec = pubRec;
    }
  }
}
