package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.Timestamp;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Whoever observes is told of what is newer, as long as both want that. */
class ObserveTest {
  private static final long LEASE_SECONDS = 60;
  private static final int NUMBERS = 1 << 24;

  private int state;
  private final Pair pair = pair(1, ResponderLimits.DEFAULT);

  @Test
  void observerIsToldOfEachChange() {
    RequestId call = observe(pair, "level");
    assertThat(bodies(pair)).containsExactly(0);
    change(pair, 1);
    change(pair, 2);
    assertThat(bodies(pair)).containsExactly(0, 1, 2);
    assertThat(pair.notified).allMatch(news -> news.call().equals(call));
    assertThat(pair.ended).isEmpty();
  }

  @Test
  void whoHasCancelledIsToldNothingMore() {
    RequestId call = observe(pair, "level");
    pair.requester.cancel(call, pair.clock.nowMillis());
    pair.work();
    pair.clock.advance(10);
    assertThat(pair.responder.observers()).isZero();
    change(pair, 1);
    assertThat(bodies(pair)).containsExactly(0);
    assertThat(pair.requester.pendingCalls()).isZero();
  }

  @Test
  void observationIsRenewedBeforeItsLeaseIsOver() {
    observe(pair, "level");
    for (int i = 1; i <= 10; i++) {
      pair.clock.advance(LEASE_SECONDS * 900);
      change(pair, i);
    }
    assertThat(bodies(pair)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(pair.ended).isEmpty();
    assertThat(pair.responder.observers()).isEqualTo(1);
  }

  @Test
  void observerThatDoesNotRenewIsForgotten() {
    observe(pair, "level");
    pair.network(1, 0, 1);
    pair.clock.advance(LEASE_SECONDS * 1000 + 10);
    assertThat(pair.responder.observers()).isZero();
  }

  @Test
  void observationEndsWhenNothingIsHeardForALease() {
    RequestId call = observe(pair, "level");
    pair.network(1, 0, 1);
    pair.clock.advance(LEASE_SECONDS * 1000 + 10);
    assertThat(pair.failed(call)).isInstanceOf(RpcException.GatewayTimeout.class);
    assertThat(pair.requester.pendingCalls()).isZero();
  }

  @Test
  void deviceThatWasStartedAnewGoesOnTellingAfterTheNextRenewal() {
    observe(pair, "level");
    change(pair, 1);
    pair.responder = new Responder(ResponderOptions.of(Pair.DEVICE));
    pair.clock.advance(LEASE_SECONDS * 1000);
    assertThat(pair.responder.observers()).isEqualTo(1);
    change(pair, 7);
    assertThat(bodies(pair)).endsWith(7);
    assertThat(pair.ended).isEmpty();
  }

  @Test
  void failureIsTheLastThatIsHeard() {
    RequestId call = observe(pair, "level");
    pair.device = invocation -> Answer.failure(ResponseCode.NOT_FOUND, "gone");
    change(pair, 1);
    assertThat(pair.failed(call)).isInstanceOf(RpcException.NotFound.class);
    assertThat(pair.responder.observers()).isZero();
  }

  @Test
  void stateThatEndsTheObservationIsTold() {
    RequestId call = observe(pair, "level");
    assertThat(last(call, ResponseCode.CONTENT, 7, RpcOptions.NONE)).isTrue();
    assertThat(pair.answered(call).body()).isEqualTo(7);
    assertThat(bodies(pair)).containsExactly(0, 7);
  }

  @Test
  void answerThatEndsTheObservationAndIsNoNewStateIsNotTold() {
    RequestId same = observe(pair, "level");
    assertThat(last(same, ResponseCode.VALID, null, RpcOptions.NONE)).isTrue();
    RequestId first = observe(pair, "level");
    RpcOptions part = RpcOptions.NONE.withBlock2(new Block(0, true, 16));
    assertThat(last(first, ResponseCode.CONTENT, "MSwyLDMsNCw1LDYsNw==", part)).isTrue();
    assertThat(pair.ended).containsOnlyKeys(same, first);
    assertThat(bodies(pair)).containsExactly(0, 0);
  }

  @Test
  void resourceThatCannotBeReadIsNotObserved() {
    pair.device = invocation -> Answer.failure(ResponseCode.NOT_FOUND, "no");
    RequestId call = observe(pair, "level");
    assertThat(pair.failed(call)).isInstanceOf(RpcException.NotFound.class);
    assertThat(pair.responder.observers()).isZero();
  }

  @Test
  void observersOfTheSameAreAskedForOnce() {
    for (int i = 0; i < 5; i++) {
      observe(pair, "level");
    }
    int before = pair.executed.size();
    change(pair, 1);
    assertThat(pair.executed).hasSize(before + 1);
    assertThat(bodies(pair)).endsWith(1, 1, 1, 1, 1);
  }

  @Test
  void changesWhileItIsReadAreToldAsOne() {
    observe(pair, "level");
    pair.device = invocation -> null;
    for (int i = 1; i <= 5; i++) {
      change(pair, i);
    }
    assertThat(pair.executed).hasSize(2);
    pair.device = invocation -> Answer.content(state);
    pair.answer(pair.executed.get(1), Answer.content(1));
    pair.clock.advance(10);
    assertThat(bodies(pair)).containsExactly(0, 1, 5);
  }

  @Test
  void stateThatIsNotAnsweredIsAskedForAgainWhenItChangesLater() {
    observe(pair, "level");
    pair.device =
        invocation -> invocation.options().observe() == null ? null : Answer.content(state);
    change(pair, 1);
    assertThat(pair.responder.executing()).isEqualTo(1);
    pair.clock.advance(ResponderLimits.EXCHANGE_LIFETIME_MILLIS);
    assertThat(pair.responder.executing()).isZero();
    pair.device = invocation -> Answer.content(state);
    change(pair, 2);
    assertThat(bodies(pair)).endsWith(2);
  }

  @Test
  void moreObserversThanMayBeGetTheStateOnly() {
    Pair small = pair(1, ResponderLimits.DEFAULT.withObservers(1, 60));
    observe(small, "level");
    RequestId second = observe(small, "level");
    assertThat(small.answered(second).body()).isEqualTo(0);
    assertThat(small.responder.observers()).isEqualTo(1);
  }

  @Test
  void moreObservationsThanMayBeFailAndEndAtTheResponder() {
    Pair small =
        new Pair(
            RequesterOptions.of("me").withMaximumObservations(1),
            ResponderOptions.of(Pair.DEVICE),
            1);
    small.device = invocation -> Answer.content(state);
    RequestId first = observe(small, "level");
    RequestId second = observe(small, "level");
    assertThat(small.failed(second)).isInstanceOf(RpcException.TooManyRequests.class);
    assertThat(small.responder.observers()).isEqualTo(1);
    small.requester.cancel(first, small.clock.nowMillis());
    observe(small, "level");
    assertThat(small.notified).hasSize(2);
  }

  @Test
  void observersOfWhomItIsKnownThatTheyAreGoneAreForgotten() {
    observe(pair, "level");
    pair.responder.forgetObservers("me");
    assertThat(pair.responder.observers()).isZero();
  }

  @Test
  void largeStatesComeInBlocks() {
    pair.device = invocation -> Answer.content("x".repeat(1000) + state);
    observe(pair, "level");
    change(pair, 1);
    pair.clock.advance(100);
    assertThat(pair.notified)
        .extracting(news -> news.response().body())
        .containsExactly("x".repeat(1000) + 0, "x".repeat(1000) + 1);
  }

  /** Whatever is lost, repeated and overtaken: what is told gets newer, and ends with the last. */
  @Property(tries = 200)
  void whatIsToldGetsNewerAndEndsWithTheLast(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int changes) {
    Pair wild = pair(seed, ResponderLimits.DEFAULT);
    observe(wild, "level");
    wild.network(0.2, 0.2, 200);
    for (int i = 1; i <= changes; i++) {
      state = i;
      wild.responder.changed("level", wild.clock.nowMillis());
      wild.work();
      wild.clock.advance(40);
    }
    wild.network(0, 0, 1);
    wild.clock.advance(LEASE_SECONDS * 1000);
    List<Integer> told = bodies(wild);
    List<Integer> sorted = new ArrayList<>(told);
    sorted.sort(null);
    assertThat(told).isEqualTo(sorted);
    assertThat(told).endsWith(changes);
    state = 0;
  }

  /** RFC 7641 §3.4. */
  @Property
  void orderHoldsWhereNumbersBeginAnew(
      @ForAll @IntRange(max = NUMBERS - 1) int number,
      @ForAll @IntRange(min = 1, max = (1 << 23) - 1) int ahead,
      @ForAll @LongRange(max = 128_000) long millis) {
    int later = (number + ahead) % NUMBERS;
    assertThat(Observation.isNewer(later, millis, number, 0)).isTrue();
    assertThat(Observation.isNewer(number, millis, later, 0)).isFalse();
    assertThat(Observation.isNewer(number, 128_001, later, 0)).isTrue();
    assertThat(Observation.isNewer(number, millis, number, 0)).isFalse();
  }

  @Test
  void numbersBeginAnewBehindTheLast() {
    Observers observers = new Observers(ResponderLimits.DEFAULT, new Deadlines<>());
    long lastBefore = (NUMBERS - 1) * 64L;
    assertThat(observers.nextNumber(lastBefore)).isEqualTo(NUMBERS - 1);
    assertThat(observers.nextNumber(lastBefore)).isZero();
    assertThat(observers.nextNumber(lastBefore)).isEqualTo(1);
  }

  private Pair pair(long seed, ResponderLimits limits) {
    Pair made =
        new Pair(
            RequesterOptions.of("me"),
            ResponderOptions.of(Pair.DEVICE).withLimits(limits.withBlocks(128, 1 << 20, 16)),
            seed);
    made.device = invocation -> Answer.content(state);
    return made;
  }

  /** An answer to one who observes, without the number of a state. */
  private boolean last(RequestId call, ResponseCode code, Object body, RpcOptions options) {
    Header header = Header.of(call, "level").withOptions(options);
    boolean isTaken =
        pair.requester.receive(
            new Response(header, code.number(), body, Timestamp.ofMillis(pair.clock.nowMillis())),
            pair.clock.nowMillis());
    pair.work();
    return isTaken;
  }

  private static RequestId observe(Pair pair, String path) {
    RequestId call =
        pair.call(
            Call.of(Pair.DEVICE, "axuv", Method.GET, path, null)
                .withOptions(RpcOptions.NONE.withObserve(0).withLeaseSeconds(LEASE_SECONDS)));
    pair.clock.advance(50);
    return call;
  }

  private void change(Pair pair, int to) {
    state = to;
    pair.responder.changed("level", pair.clock.nowMillis());
    pair.work();
    pair.clock.advance(10);
  }

  private static List<Integer> bodies(Pair pair) {
    return pair.notified.stream().map(news -> (Integer) news.response().body()).toList();
  }
}
