package io.culvert.mqtt.topic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations that a fuzzer chooses, on the trees and on their models. */
class TreeFuzzTest {
  private static final int MOST_STEPS = 500;

  /** Seeds of the length of some dozens of operations. */
  static Stream<byte[]> operations() {
    return new Random(7)
        .longs(20)
        .mapToObj(
            seed -> {
              byte[] bytes = new byte[2000];
              new Random(seed).nextBytes(bytes);
              return bytes;
            });
  }

  @MethodSource("operations")
  @FuzzTest(maxDuration = "2m")
  void subscriptionsAreThoseOfTheModel(byte[] data) {
    Choices choices = new Choices(data);
    TopicTreeModel model = new TopicTreeModel(3);
    for (int i = 0; i < MOST_STEPS && choices.remain(); i++) {
      model.step(choices);
    }
    model.removeAll();
    assertThat(model.tree().isBare()).isTrue();
  }

  @MethodSource("operations")
  @FuzzTest(maxDuration = "2m")
  void retainedMessagesAreThoseOfTheModel(byte[] data) {
    Choices choices = new Choices(data);
    RetainedTreeModel model = new RetainedTreeModel(3);
    for (int i = 0; i < MOST_STEPS && choices.remain(); i++) {
      model.step(choices);
    }
    model.removeAll();
    assertThat(model.tree().isBare()).isTrue();
  }

  /** One byte a choice; zeros at the end. */
  private static final class Choices implements Choice {
    private final byte[] data;
    private int at;

    private Choices(byte[] data) {
      this.data = data;
    }

    boolean remain() {
      return at < data.length;
    }

    @Override
    public int below(int bound) {
      return at < data.length ? (data[at++] & 0xff) % bound : 0;
    }
  }
}
