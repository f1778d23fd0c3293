package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.Properties;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In virtual time, with a network that answers when it is told to. */
class AttemptsTest {
  private static final ReconnectOptions OPTIONS = ReconnectOptions.defaults().withDelays(100, 1000);

  private final Deque<Promise<Void>> opening = new ArrayDeque<>();
  private final List<ConnectionChange.State> told = new ArrayList<>();
  private long now = 1;
  private final Attempts attempts =
      new Attempts(
          new ReconnectPlan(List.of(ServerAddress.parse("mqtt://a")), OPTIONS, () -> 0),
          OPTIONS,
          to -> {
            Promise<Void> promise = Promise.promise();
            opening.add(promise);
            return promise.future();
          },
          new Attempts.Owner() {
            @Override
            public void changed(ConnectionChange change) {
              told.add(change.state());
            }

            @Override
            public void deadlineChanged() {}
          },
          () -> now);

  @Test
  void oneThatIsNotWantedAnyMoreIsNotTakenAndTheNextWaitsForItsEnd() {
    Future<?> first = attempts.connect(attempts::attempt);
    assertThat(attempts.stop(why())).isTrue();
    assertThat(first.failed()).isTrue();
    Future<?> second = attempts.connect(attempts::attempt);
    assertThat(opening).hasSize(1);
    assertThat(attempts.take()).isFalse();
    opening.remove().complete();
    assertThat(opening).hasSize(1);
    assertThat(attempts.take()).isTrue();
    opening.remove().complete();
    assertThat(opening).isEmpty();
    assertThat(second.isComplete()).as("CONNACK has not come").isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void theFailureOfOneThatIsNotWantedAnyMoreIsNobodys() {
    attempts.connect(attempts::attempt).onComplete(done -> {});
    attempts.stop(why());
    opening.remove().fail("refused");
    assertThat(told).isEmpty();
    assertThat(attempts.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
    assertThat(attempts.stop(why())).as("nothing was wanted").isFalse();
  }

  @Test
  void aLostConnectionIsSoughtAgainUntilThatIsNotWanted() {
    attempts.connect(attempts::attempt).onComplete(done -> {});
    attempts.take();
    opening.remove().complete();
    attempts.connected(now);
    now += 10;
    attempts.ended(why(), Properties.EMPTY, now);
    assertThat(told).containsExactly(ConnectionChange.State.RECONNECTING);
    assertThat(attempts.deadlineMillis()).isEqualTo(now + 50);
    attempts.timeout(now + 49);
    assertThat(opening).isEmpty();
    now += 50;
    attempts.timeout(now);
    opening.remove().fail("refused");
    assertThat(attempts.deadlineMillis()).isEqualTo(now + 100);
    attempts.close(why());
    attempts.timeout(now + 1000);
    attempts.ended(why(), Properties.EMPTY, now);
    assertThat(opening).isEmpty();
    assertThat(told).hasSize(2);
  }

  private static MqttClientException why() {
    return MqttClientException.of(MqttClientFailure.NOT_CONNECTED, "why");
  }
}
