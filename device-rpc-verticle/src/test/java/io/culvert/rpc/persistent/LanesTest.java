package io.culvert.rpc.persistent;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.Timestamp;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LanesTest {
  private final Deadlines<Runnable> deadlines = new Deadlines<>();
  private final Lanes lanes = new Lanes(QueueLimits.DEFAULT.withAtOnce(1), deadlines, waited -> {});

  @Test
  void whoeverHasNothingAnyMoreLeavesTheLine() {
    Lane first = lane("a");
    assertThat(lanes.next()).isSameAs(first);
    for (int i = 0; i < 1000; i++) {
      Lane other = lane("b" + i);
      other.remove(held(other.target()));
      lanes.dropIfIdle(other);
    }
    assertThat(lanes.size()).isEqualTo(1);
    lanes.free(first);
    assertThat(lanes.next()).isNull();
    assertThat(lanes.find("a")).isSameAs(first);
  }

  @Test
  void eachIsAskedWhenItIsItsTurnAndNotTwice() {
    Lane first = lane("a");
    Lane second = lane("b");
    lanes.lineUp(second);
    assertThat(lanes.next()).isSameAs(first);
    lanes.lineUp(first);
    assertThat(lanes.next()).as("as many are asked as may be").isNull();
    lanes.free(first);
    assertThat(lanes.next()).isSameAs(second);
    lanes.free(second);
    assertThat(lanes.next()).isNull();
  }

  @Test
  void whoseRequestsAreBeingStoredIsKnownAndNotAsked() {
    Lane lane = lanes.of("a");
    lane.expect();
    lanes.dropIfIdle(lane);
    lanes.lineUp(lane);
    assertThat(lanes.next()).isNull();
    assertThat(lanes.find("a")).isSameAs(lane);
  }

  private Lane lane(String target) {
    Lane lane = lanes.of(target);
    lane.expect();
    lane.add(held(target));
    lanes.lineUp(lane);
    return lane;
  }

  private HeldRequest held(String target) {
    RequestId id = RequestId.of(new UUID(1, target.hashCode()));
    Request request = new Request(Header.of(id, "x"), Method.GET, null, Timestamp.ofMillis(1));
    return new HeldRequest(
        new QueuedRequest(1, target, "s", request, null, 1, 1, 2, null, QueuedRequest.NEVER),
        1,
        deadlines,
        expired -> {});
  }
}
