package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LinkLaneTest {
  private static final Bytes FRAME = Bytes.hex("01");

  private final LinkLane lane = new LinkLane(2, 1024);

  @Test
  void whatWasReceivedWaitsUntilItIsCounted() {
    assertThat(lane.add(FRAME)).isTrue();
    assertThat(lane.add(FRAME)).isTrue();
    assertThat(lane.add(FRAME)).isFalse();
    assertThat(lane.flush()).isTrue();
    List<Bytes> batch = Objects.requireNonNull(lane.take());
    assertThat(batch).hasSize(2);

    lane.received(batch);
    assertThat(lane.offersRoom()).isFalse();
    assertThat(lane.add(FRAME)).isFalse();

    lane.countReceived();
    assertThat(lane.offersRoom()).isTrue();
    assertThat(lane.takeRoom()).isTrue();
    assertThat(lane.add(FRAME)).isTrue();
  }
}
