package io.culvert.rpc.persistent;

import static io.culvert.rpc.persistent.RequestState.CANCELLED;
import static io.culvert.rpc.persistent.RequestState.EXPIRED;
import static io.culvert.rpc.persistent.RequestState.FAILED;
import static io.culvert.rpc.persistent.RequestState.QUEUED;
import static io.culvert.rpc.persistent.RequestState.SENT;
import static io.culvert.rpc.persistent.RequestState.SUCCEEDED;
import static io.culvert.rpc.persistent.RequestState.TIMED_OUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Engine;
import io.culvert.engine.testkit.SimulatedDisk.Crash;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private static final long DAY_MILLIS = 86_400_000;

  private final QueueScene scene = QueueScene.create();

  @Test
  void requestWaitsUntilItsDeviceIsThere() {
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(600_000);
    assertThat(scene.states(id)).containsExactly(QUEUED);
    assertThat(scene.executed).isEmpty();
    scene.present.add("dev");
    scene.advance(QueueLimits.DEFAULT.mostWaitMillis() + 100);
    assertThat(scene.states(id)).containsExactly(QUEUED, SENT, SUCCEEDED);
    assertThat(scene.last(id).answer()).isNotNull();
    assertThat(scene.queue.find(id).state()).isEqualTo(SUCCEEDED);
    assertThat(scene.disk.bytes()).isZero();
    assertThat(scene.queue.bytes()).isZero();
  }

  @Test
  void deviceThatIsAwayIsTriedLessAndLessOften() {
    RequestId unused = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(3_600_000);
    assertThat(scene.probes).isBetween(50, 65); // about one a minute
  }

  @Test
  void deviceThatSaysItIsThereIsAskedAtOnce() {
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(600_000);
    scene.present.add("dev");
    scene.queue.online("dev", scene.clock.nowMillis());
    scene.advance(QueueScene.TIMEOUT_MILLIS + 2_000); // a try may be under way
    assertThat(scene.last(id).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void requestsOfOneDeviceAreDoneInTheirOrder() {
    List<RequestId> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(scene.submit(i, "dev", Method.POST, DAY_MILLIS));
    }
    scene.present.add("dev");
    scene.advance(120_000);
    assertThat(scene.order).isEqualTo(ids);
    assertThat(scene.probes).as("it is known to be there").isLessThan(10);
  }

  @Test
  void oneDeviceThatIsAwayHoldsUpNoOther() {
    for (int i = 0; i < 50; i++) {
      scene.submit(i, "away" + i, Method.POST, DAY_MILLIS);
    }
    scene.present.add("dev");
    RequestId id = scene.submit(100, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.last(id).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void noMoreDevicesAreAskedAtOnceThanMayBe() {
    QueueScene few = new QueueScene(QueueLimits.DEFAULT.withAtOnce(2), true, 1);
    for (int i = 0; i < 10; i++) {
      few.submit(i, "dev" + i, Method.POST, DAY_MILLIS);
    }
    few.advance(100);
    assertThat(few.probes).isEqualTo(2);
    for (int i = 0; i < 10; i++) {
      few.present.add("dev" + i);
    }
    few.advance(120_000);
    assertThat(few.executed).hasSize(10);
  }

  @Test
  void whatTheDeviceRefusesHasFailed() {
    scene.present.add("dev");
    scene.device = asked -> QueueScene.response(asked, 409, "no");
    RequestId id = scene.submit(1, "dev", Method.PUT, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, SENT, FAILED);
    assertThat(scene.last(id).answer().responseCode()).isEqualTo(409);
    assertThat(scene.last(id).detail()).isEqualTo("no");
  }

  @Test
  void deviceThatIsBusyIsAskedAgainWhenItSays() {
    scene.present.add("dev");
    int[] asked = new int[1];
    scene.device =
        request ->
            asked[0]++ == 0 ? later(request, 30_000) : QueueScene.response(request, 204, null);
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(29_000);
    assertThat(asked[0]).isEqualTo(1);
    assertThat(scene.queue.find(id).state()).isEqualTo(QUEUED);
    scene.advance(2_000);
    assertThat(scene.last(id).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void whatIsNotAnsweredIsSentAgainUnderItsId() {
    scene.present.add("dev");
    int[] asked = new int[1];
    scene.device = request -> asked[0]++ < 2 ? null : QueueScene.response(request, 205, null);
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(60_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, SENT, SENT, SENT, SUCCEEDED);
    assertThat(scene.last(id).attempts()).isEqualTo(3);
    assertThat(scene.executed).containsEntry(id, 1);
  }

  @Test
  void postIsNotSentAgainToPlainDevicesAndNobodyKnowsWhatBecameOfIt() {
    scene.present.add("dev");
    scene.plain.add("dev");
    scene.device = request -> null;
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(600_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, SENT, TIMED_OUT);
    assertThat(scene.executed).containsEntry(id, 1);

    RequestId put = scene.submit(2, "dev", Method.PUT, DAY_MILLIS);
    scene.advance(600_000);
    assertThat(scene.last(put).state()).isEqualTo(SENT);
    assertThat(scene.last(put).attempts()).isGreaterThan(3);
  }

  @Test
  void postIsSentAgainOnlyAsLongAsTheDeviceRemembersIt() {
    scene.present.add("dev");
    scene.device = request -> null;
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(QueueLimits.DEFAULT.rememberMillis() + 60_000);
    RequestStatus last = scene.last(id);
    assertThat(last.state()).isEqualTo(TIMED_OUT);
    assertThat(last.attempts()).isGreaterThan(2);
    assertThat(last.changedMillis())
        .isLessThanOrEqualTo(QueueScene.START_MILLIS + QueueLimits.DEFAULT.rememberMillis());
  }

  @Test
  void whatCouldNotBeSentInTimeWasNotDone() {
    RequestId id = scene.submit(1, "dev", Method.POST, 10_000);
    scene.advance(10_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, EXPIRED);
    scene.present.add("dev");
    scene.advance(120_000);
    assertThat(scene.executed).isEmpty();
    assertThat(scene.disk.bytes()).isZero();
  }

  @Test
  void whatWasSentAndNotAnsweredInTimeMayHaveBeenDone() {
    scene.present.add("dev");
    scene.device = request -> null;
    RequestId id = scene.submit(1, "dev", Method.PUT, 12_000);
    scene.advance(12_100);
    assertThat(scene.last(id).state()).isEqualTo(TIMED_OUT);
  }

  @Test
  void nobodyWantsItAnyMore() {
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(100);
    assertThat(scene.queue.cancel(id, scene.clock.nowMillis())).isTrue();
    scene.advance(100);
    assertThat(scene.states(id)).containsExactly(QUEUED, CANCELLED);
    assertThat(scene.queue.cancel(id, scene.clock.nowMillis())).isFalse();
    scene.present.add("dev");
    scene.advance(120_000);
    assertThat(scene.executed).isEmpty();

    RequestId next = scene.submit(2, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.last(next).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void itIsCancelledWhileItIsAskedAndTheNextOneFollows() {
    scene.present.add("dev");
    scene.device = request -> null;
    RequestId first = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    RequestId second = scene.submit(2, "dev", Method.GET, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.last(first).state()).isEqualTo(SENT);
    scene.queue.cancel(first, scene.clock.nowMillis());
    scene.device = request -> QueueScene.response(request, 205, null);
    scene.advance(QueueScene.TIMEOUT_MILLIS + 2_000);
    assertThat(scene.last(first).state()).isEqualTo(CANCELLED);
    assertThat(scene.last(first).detail()).contains("may have been done");
    assertThat(scene.last(second).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void whatIsKeptOutlivesTheProcess() {
    RequestId first = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    RequestId second = scene.submit(2, "dev", Method.DELETE, DAY_MILLIS);
    scene.advance(100);
    RequestStatus before = scene.queue.find(first);
    scene.crash(Crash.LOSES_UNSYNCED);
    assertThat(scene.queue.find(first)).isEqualTo(before);
    scene.present.add("dev");
    scene.advance(10_000);
    assertThat(scene.order).containsExactly(first, second);
    RequestId third = scene.submit(3, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1);
    scene.crash(Crash.LOSES_UNSYNCED);
    scene.advance(10_000);
    assertThat(scene.last(third).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void nothingIsAcceptedOrSentBeforeItIsStored() {
    scene.present.add("dev");
    scene.disk.takesMillis(100, 100);
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    assertThat(scene.changes).isEmpty();
    scene.advance(110);
    assertThat(scene.states(id)).containsExactly(QUEUED);
    scene.advance(50);
    assertThat(scene.executed).isEmpty();
    scene.advance(110);
    assertThat(scene.executed).containsEntry(id, 1);
  }

  @Test
  void whileTheDiskFailsNothingIsTaken() {
    scene.disk.failSync(1);
    scene.disk.takesMillis(10, 10);
    scene.queue.submit(scene.request(1, "dev", Method.POST, DAY_MILLIS), scene.clock.nowMillis());
    scene.clock.advance(15);
    assertThatThrownBy(() -> scene.submit(2, "dev", Method.POST, DAY_MILLIS))
        .isInstanceOf(RpcException.ServiceUnavailable.class);
  }

  @Test
  void noMoreAreKeptThanMayBe() {
    QueueScene small = new QueueScene(QueueLimits.DEFAULT.withRequests(3, 2, 1_000_000), false, 1);
    small.submit(1, "a", Method.POST, DAY_MILLIS);
    small.submit(2, "a", Method.POST, DAY_MILLIS);
    assertThatThrownBy(() -> small.submit(3, "a", Method.POST, DAY_MILLIS))
        .isInstanceOf(RpcException.TooManyRequests.class);
    small.submit(3, "b", Method.POST, DAY_MILLIS);
    assertThatThrownBy(() -> small.submit(4, "c", Method.POST, DAY_MILLIS))
        .isInstanceOf(RpcException.TooManyRequests.class);
    assertThatThrownBy(() -> small.submit(1, "c", Method.POST, DAY_MILLIS))
        .isInstanceOf(RpcException.Conflict.class);
    small.present.addAll(List.of("a", "b"));
    small.advance(10_000);
    small.submit(4, "c", Method.POST, DAY_MILLIS);

    QueueScene narrow = new QueueScene(QueueLimits.DEFAULT.withRequests(9, 9, 1_000), false, 1);
    narrow.submit(1, "a", Method.POST, DAY_MILLIS);
    assertThatThrownBy(() -> narrow.submit(2, "a", Method.POST, DAY_MILLIS))
        .isInstanceOf(RpcException.TooManyRequests.class)
        .hasMessageContaining("bytes are kept");
  }

  @Test
  void onlyTheLastOnesAreKnownWhenTheyHaveEnded() {
    QueueScene few = new QueueScene(QueueLimits.DEFAULT.withEnded(2, 10_000), false, 1);
    few.present.add("dev");
    few.device = asked -> QueueScene.response(asked, 205, "x".repeat(4_000));
    List<RequestId> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(few.submit(i, "dev", Method.GET, DAY_MILLIS));
      few.advance(1_000);
    }
    assertThat(few.queue.find(ids.get(1))).isNull();
    assertThat(few.queue.find(ids.get(2))).isNotNull();
    assertThat(few.queue.list("dev", 10))
        .extracting(RequestStatus::id)
        .containsExactly(ids.get(3), ids.get(2));
    few.device = asked -> QueueScene.response(asked, 205, "x".repeat(20_000));
    RequestId large = few.submit(9, "dev", Method.GET, DAY_MILLIS);
    few.advance(1_000);
    assertThat(few.queue.find(large)).as("its answer alone is too much").isNull();
    assertThat(few.last(large).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void whatThisSideCannotSendHasFailed() {
    scene.present.add("dev");
    scene.cannotSend = ResponseCode.BAD_REQUEST;
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.last(id).state()).isEqualTo(FAILED);
  }

  @Test
  void whatThisSideHadNoRoomForIsSentLater() {
    scene.present.add("dev");
    scene.cannotSend = ResponseCode.TOO_MANY_REQUESTS;
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(400_000);
    assertThat(scene.queue.find(id).state()).isEqualTo(QUEUED);
    scene.cannotSend = null;
    scene.advance(60_000);
    assertThat(scene.last(id).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void whatIsBeingStoredCountsForItsDeviceToo() {
    QueueScene small = new QueueScene(QueueLimits.DEFAULT.withRequests(9, 2, 1_000_000), true, 1);
    small.disk.takesMillis(100, 100);
    small.submit(1, "a", Method.POST, DAY_MILLIS);
    small.submit(2, "a", Method.POST, DAY_MILLIS);
    assertThatThrownBy(() -> small.submit(3, "a", Method.POST, DAY_MILLIS))
        .isInstanceOf(RpcException.TooManyRequests.class);
    small.queue.cancel(QueueScene.id(1), small.clock.nowMillis());
    small.submit(3, "a", Method.POST, DAY_MILLIS);
  }

  @Test
  void behindWhatWasCancelledUnansweredIsNotSentBlindly() {
    scene.present.add("dev");
    scene.plain.add("dev");
    scene.device = request -> null;
    RequestId first = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    RequestId second = scene.submit(2, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1_000);
    scene.queue.cancel(first, scene.clock.nowMillis());
    scene.present.remove("dev");
    scene.advance(600_000);
    assertThat(scene.states(second)).containsExactly(QUEUED);
  }

  @Test
  void postThatMayNotBeSentAgainEndsAlsoWhileItsDeviceIsAway() {
    scene.present.add("dev");
    scene.device = request -> null;
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1_000);
    scene.present.remove("dev");
    scene.advance(200_000);
    assertThat(scene.last(id).state()).isEqualTo(SENT);
    scene.advance(QueueLimits.DEFAULT.rememberMillis());
    assertThat(scene.last(id).state()).isEqualTo(TIMED_OUT);
  }

  @Test
  void postIsNotSentAgainWhereTheTimeOfDayWasSetBack() {
    scene.present.add("dev");
    QueuedRequest request = scene.request(1, "dev", Method.POST, DAY_MILLIS);
    RequestId id = scene.submit(request.sent(scene.clock.nowMillis() + 3_600_000));
    scene.advance(10_000);
    assertThat(scene.last(id).state()).isEqualTo(TIMED_OUT);
    assertThat(scene.executed).isEmpty();
  }

  @Test
  void wordThatNothingWasDoneHoldsForThatAttemptOnly() {
    scene.present.add("dev");
    int[] asked = new int[1];
    scene.device =
        request -> asked[0]++ == 0 ? null : later(request, QueueLimits.DEFAULT.rememberMillis());
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(3_600_000);
    assertThat(scene.last(id).state()).isEqualTo(TIMED_OUT);
    assertThat(asked[0]).isEqualTo(2);
  }

  @Test
  void wantOfRoomOnThisSideSaysNothingOfWhatWasSentBefore() {
    scene.present.add("dev");
    scene.device = request -> null;
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(1_000);
    scene.cannotSend = ResponseCode.TOO_MANY_REQUESTS;
    scene.advance(3_600_000);
    assertThat(scene.last(id).state()).isEqualTo(TIMED_OUT);
    assertThat(scene.executed).containsEntry(id, 1);
  }

  @Test
  void postThatGoesInBlocksIsNotSentAgain() {
    scene.present.add("dev");
    scene.device = request -> null;
    QueuedRequest small = scene.request(1, "dev", Method.POST, DAY_MILLIS);
    RequestId id =
        scene.submit(
            new QueuedRequest(
                0,
                "dev",
                "axuv",
                new Request(
                    small.request().header(),
                    Method.POST,
                    "x".repeat(70_000),
                    Timestamp.ofMillis(1)),
                null,
                QueueScene.TIMEOUT_MILLIS,
                small.submittedMillis(),
                small.expiresMillis(),
                null,
                QueuedRequest.NEVER));
    scene.advance(60_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, SENT, TIMED_OUT);
  }

  @Test
  void blocksThatAreMissingWhenItIsSentAgainAreNoRefusal() {
    scene.present.add("dev");
    int[] asked = new int[1];
    scene.device =
        request ->
            switch (asked[0]++) {
              case 0 -> null;
              case 1 -> QueueScene.response(request, 408, null);
              default -> QueueScene.response(request, 204, null);
            };
    RequestId id = scene.submit(1, "dev", Method.PUT, DAY_MILLIS);
    scene.advance(60_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, SENT, SENT, SENT, SUCCEEDED);
    asked[0] = 1;
    RequestId atOnce = scene.submit(2, "dev", Method.PUT, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.last(atOnce).state()).isEqualTo(FAILED);
  }

  @Test
  void nothingIsLeftOfDevicesForWhichNothingWaits() {
    RequestId first = scene.submit(1, "away", Method.POST, DAY_MILLIS);
    RequestId second = scene.submit(2, "away", Method.POST, DAY_MILLIS);
    scene.advance(QueueScene.TIMEOUT_MILLIS + 10);
    scene.queue.cancel(first, scene.clock.nowMillis());
    assertThat(scene.queue.deadlineMillis()).isNotEqualTo(Engine.NO_DEADLINE);
    scene.queue.cancel(second, scene.clock.nowMillis());
    assertThat(scene.queue.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void oneThatMayTakeLongHoldsUpNoOtherWhileItsDeviceIsAway() {
    QueueScene one = new QueueScene(QueueLimits.DEFAULT.withAtOnce(1), true, 1);
    one.submit(one.request(1, "away", Method.POST, DAY_MILLIS, DAY_MILLIS));
    one.present.add("dev");
    RequestId id = one.submit(2, "dev", Method.POST, DAY_MILLIS);
    one.advance(2 * QueueLimits.DEFAULT.mostWaitMillis());
    assertThat(one.last(id).state()).isEqualTo(SUCCEEDED);
  }

  @Test
  void deviceThatWantsToBeAskedAgainAtOnceIsNotAskedWithoutEnd() {
    scene.present.add("dev");
    int[] asked = new int[1];
    scene.device =
        request -> {
          asked[0]++;
          return later(request, 0);
        };
    scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(10_000);
    assertThat(asked[0]).isBetween(5, 11);
  }

  @Test
  void answerThatIsLargerThanOneMessageIsToldAndTheNextRequestFollows() {
    scene.present.add("dev");
    scene.device = asked -> QueueScene.response(asked, 205, "x".repeat(2 << 20));
    RequestId large = scene.submit(1, "dev", Method.GET, DAY_MILLIS);
    RequestId next = scene.submit(2, "dev", Method.GET, DAY_MILLIS);
    scene.advance(1_000);
    assertThat(scene.last(large).state()).isEqualTo(SUCCEEDED);
    assertThat(scene.last(next).state()).isEqualTo(SUCCEEDED);
    assertThat(scene.queue.find(large)).isNotNull();
  }

  @Test
  void whatEndsBeforeItIsStoredThatItIsSentWasNotDone() {
    RequestId expired = scene.submit(1, "dev", Method.POST, 20_000);
    RequestId cancelled = scene.submit(2, "other", Method.POST, DAY_MILLIS);
    scene.advance(QueueScene.TIMEOUT_MILLIS + 500);
    scene.present.addAll(List.of("dev", "other"));
    scene.disk.takesMillis(60_000, 60_000);
    scene.advance(9_000);
    scene.queue.cancel(cancelled, scene.clock.nowMillis());
    scene.advance(240_000);
    assertThat(scene.states(expired)).containsExactly(QUEUED, EXPIRED);
    assertThat(scene.states(cancelled)).containsExactly(QUEUED, CANCELLED);
    assertThat(scene.last(cancelled).detail()).isNull();
    assertThat(scene.executed).isEmpty();
  }

  @Test
  void whatIsToldAsExpiredIsDoneByNoLaterProcess() {
    RequestId id = scene.submit(1, "dev", Method.POST, 10_000);
    scene.advance(9_900);
    scene.disk.takesMillis(2_000, 2_000);
    assertThat(scene.states(id)).as("although nobody tries again before").containsExactly(QUEUED);
    scene.advance(200);
    assertThat(scene.states(id)).containsExactly(QUEUED, EXPIRED);
    scene.present.add("dev");
    scene.crash(Crash.LOSES_UNSYNCED);
    scene.advance(120_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, EXPIRED, EXPIRED);
    assertThat(scene.executed).isEmpty();
    assertThat(scene.disk.bytes()).isZero();
  }

  @Test
  void whatIsToldAsCancelledIsDoneByNoLaterProcess() {
    RequestId id = scene.submit(1, "dev", Method.POST, DAY_MILLIS);
    scene.advance(100);
    scene.disk.takesMillis(2_000, 2_000);
    assertThat(scene.queue.cancel(id, scene.clock.nowMillis())).isTrue();
    scene.advance(1_500);
    scene.crash(Crash.LOSES_UNSYNCED);
    assertThat(scene.states(id)).as("it may still be done").containsExactly(QUEUED);

    scene.advance(3_000); // what was kept is read
    assertThat(scene.queue.cancel(id, scene.clock.nowMillis())).isTrue();
    scene.advance(3_000);
    assertThat(scene.states(id)).containsExactly(QUEUED, CANCELLED);
    scene.crash(Crash.LOSES_UNSYNCED);
    scene.present.add("dev");
    scene.advance(120_000);
    assertThat(scene.executed).isEmpty();
  }

  /**
   * Devices come and go and are busy, messages are lost, this side has no room, the process is
   * killed at any time with what is on the disk lost: each request that was accepted ends, no POST
   * is done twice by a device that remembers for a while, nothing is left over.
   */
  @Property(tries = 200)
  void eachRequestEndsAndNoneIsDoneTwice(@ForAll long seed) {
    Random random = new Random(seed);
    QueueScene any = new QueueScene(QueueLimits.DEFAULT.withAtOnce(3), true, seed);
    any.disk.takesMillis(0, 20);
    any.loses(0.2);
    any.plain.add("dev4");
    any.device =
        asked ->
            random.nextInt(4) == 0
                ? later(asked, random.nextInt(300_000))
                : QueueScene.response(asked, 205, null);
    List<RequestId> accepted = new ArrayList<>();
    for (int step = 0; step < 200; step++) {
      String device = "dev" + random.nextInt(5);
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> {
          Method method = random.nextBoolean() ? Method.POST : Method.PUT;
          any.submit(step, device, method, 1 + random.nextInt(1_000_000));
        }
        case 3 -> any.present.add(device);
        case 4 -> any.present.remove(device);
        case 5 -> any.queue.online(device, any.clock.nowMillis());
        case 6 -> any.cannotSend = random.nextInt(4) == 0 ? ResponseCode.TOO_MANY_REQUESTS : null;
        case 7 -> {
          if (random.nextInt(5) == 0) {
            any.crash(Crash.LOSES_UNSYNCED);
          }
        }
        default -> any.advance(random.nextInt(30_000));
      }
      any.settle();
    }
    any.changes.stream().map(RequestStatus::id).distinct().forEach(accepted::add);
    any.advance(1_100_000);
    for (RequestId id : accepted) {
      List<RequestState> states = any.states(id);
      assertThat(states.get(states.size() - 1).isFinal()).as("%s", states).isTrue();
    }
    any.changes.forEach(
        status -> {
          if (status.method() == Method.POST) {
            assertThat(any.executed.getOrDefault(status.id(), 0)).isLessThanOrEqualTo(1);
          }
          if (status.state() == SUCCEEDED) {
            assertThat(any.executed).containsKey(status.id());
          } else if (status.state() == EXPIRED) {
            assertThat(any.executed).doesNotContainKey(status.id());
          }
        });
    assertThat(any.queue.size()).isZero();
    assertThat(any.queue.bytes()).isZero();
    any.advance(100);
    assertThat(any.disk.bytes()).isZero();
  }

  /** The device wants to be asked again then. */
  private static Response later(QueuedRequest asked, long millis) {
    return new Response(
        Header.of(asked.id(), "gains")
            .withOptions(RpcOptions.NONE.withMaxAgeSeconds(millis / 1000)),
        503,
        null,
        Timestamp.ofMillis(1));
  }
}
