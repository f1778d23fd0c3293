package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is asked for while it is done. */
class OneAtATimeTest {
  private final List<Promise<Void>> begun = new ArrayList<>();
  private final OneAtATime work =
      new OneAtATime(
          () -> {
            Promise<Void> promise = Promise.promise();
            begun.add(promise);
            return promise.future();
          });

  @Test
  void isDoneAfterwardsOnceForAll() {
    Future<Void> first = work.run();
    Future<Void> second = work.run();
    Future<Void> third = work.run();
    assertThat(begun).hasSize(1);
    begun.get(0).fail("it may fail");
    assertThat(first.failed()).isTrue();
    assertThat(begun).hasSize(2);
    assertThat(second.isComplete()).isFalse();
    Future<Void> fourth = work.run();
    begun.get(1).complete();
    assertThat(second.succeeded()).isTrue();
    assertThat(third.succeeded()).isTrue();
    assertThat(begun).hasSize(3);
    begun.get(2).complete();
    assertThat(fourth.succeeded()).isTrue();
    assertThat(work.run().isComplete()).isFalse();
    assertThat(begun).hasSize(4);
  }

  @Test
  void whatItThrowsIsAFailure() {
    OneAtATime failing =
        new OneAtATime(
            () -> {
              throw new IllegalStateException("a mistake");
            });
    assertThat(failing.run().failed()).isTrue();
    assertThat(failing.run().failed()).isTrue();
  }
}
