package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import io.culvert.engine.testkit.SimulatedDisk;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What was begun and answered holds beyond the end of the process, on a disk that may lose all. */
class DurableAnswersTest {
  private static final String SOURCE = "me";

  private final VirtualClock clock = new VirtualClock();
  private SimulatedDisk disk = new SimulatedDisk(clock, 1);
  private Responder responder;
  private final List<Invocation> executed = new ArrayList<>();
  private final List<RpcMessage> sent = new ArrayList<>();
  private int taken;

  DurableAnswersTest() {
    start();
    clock.run();
    clock.advance(10);
    drain();
  }

  @Test
  void nothingIsExecutedBeforeItIsStoredThatItWasBegun() {
    disk.takesMillis(10, 10);
    receive(1, Method.POST);
    drain();
    assertThat(executed).isEmpty();
    clock.advance(20);
    drain();
    assertThat(executed).hasSize(1);
  }

  @Test
  void requestMayBeForgottenWhenItIsStoredThatItWasBegun() {
    disk.takesMillis(10, 10);
    receive(1, Method.POST);
    receive(1, Method.POST);
    drain();
    assertThat(taken).isZero();
    receive(2, Method.GET);
    assertThat(taken).isEqualTo(1);
    responder.receive(RpcMessage.of("elsewhere", Bytes.EMPTY), clock.nowMillis(), () -> taken++);
    responder.receive(
        RpcMessage.of("gf_int_v1/axuv/request/dev/" + id(3), Bytes.utf8("{}")),
        clock.nowMillis(),
        () -> taken++);
    assertThat(taken).isEqualTo(3);
    clock.advance(20);
    drain();
    assertThat(taken).isEqualTo(5);
    assertThat(executed).hasSize(2);
    receive(1, Method.POST);
    assertThat(taken).isEqualTo(6);
  }

  @Test
  void requestWhoseBeginIsLostMayNotBeForgotten() {
    disk.takesMillis(10, 10);
    receive(1, Method.POST);
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
    clock.advance(ResponderLimits.EXCHANGE_LIFETIME_MILLIS);
    assertThat(taken).isZero();
  }

  @Test
  void whatIsNotStoredInTimeMayBeForgottenAndIsNotExecuted() {
    long lifetime = ResponderLimits.EXCHANGE_LIFETIME_MILLIS;
    disk.takesMillis(2 * lifetime, 2 * lifetime);
    receive(1, Method.POST);
    clock.advance(lifetime - 1);
    responder.timeout(clock.nowMillis());
    assertThat(taken).isZero();
    clock.advance(1);
    responder.timeout(clock.nowMillis());
    assertThat(taken).isEqualTo(1);
    clock.advance(2 * lifetime);
    drain();
    assertThat(taken).isEqualTo(1);
    assertThat(executed).isEmpty();
  }

  @Test
  void whatIsRefusedBecauseTheDiskFailsMayBeForgotten() {
    disk.failSync(1);
    receive(1, Method.POST);
    clock.advance(5);
    assertThat(taken).isZero();
    receive(2, Method.POST);
    drain();
    assertThat(response(0).responseCode()).isEqualTo(503);
    assertThat(taken).isEqualTo(1);
    clock.advance(1000);
    assertThat(taken).isEqualTo(2);
  }

  @Test
  void nothingIsAnsweredBeforeTheAnswerIsStored() {
    receive(1, Method.POST);
    settle();
    disk.takesMillis(10, 10);
    answer(0, "done");
    assertThat(sent).isEmpty();
    receive(1, Method.POST);
    drain();
    assertThat(sent).isEmpty();
    clock.advance(20);
    drain();
    assertThat(sent).hasSize(1);
    assertThat(response(0).body()).isEqualTo("done");
  }

  @Test
  void safeRequestsAreNotStored() {
    long before = disk.bytes();
    receive(1, Method.GET);
    drain();
    assertThat(executed).hasSize(1);
    answer(0, "state");
    assertThat(sent).hasSize(1);
    assertThat(disk.bytes()).isEqualTo(before);
  }

  @Test
  void requestThatWasAnsweredIsAnsweredTheSameAfterACrash() {
    receive(1, Method.POST);
    settle();
    answer(0, "done");
    settle();
    RpcMessage before = sent.get(0);
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
    sent.clear();
    receive(1, Method.POST);
    settle();
    assertThat(executed).hasSize(1);
    assertThat(sent).extracting(RpcMessage::payload).containsOnly(before.payload());
    assertThat(sent.get(0).topic()).isEqualTo(before.topic());
  }

  @Test
  void whoAsksFromSomewhereElseAfterACrashGetsItThere() {
    receive(1, Method.POST);
    settle();
    answer(0, "done");
    settle();
    Bytes before = sent.get(0).payload();
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
    sent.clear();
    String here = "gf_int_v1/axuv/response/dev/here";
    responder.receive(
        new RpcMessage(
            "gf_int_v1/axuv/request/dev/" + id(1),
            PayloadCodec.DEFAULT.encode(request(1, Method.POST)),
            1,
            60L,
            here,
            null),
        clock.nowMillis());
    settle();
    assertThat(sent).extracting(RpcMessage::topic).containsExactly(here);
    assertThat(sent).extracting(RpcMessage::payload).containsExactly(before);
    assertThat(executed).hasSize(1);
  }

  @Test
  void requestThatWasBegunIsAnsweredAfterACrashAndNotExecutedAgain() {
    receive(1, Method.POST);
    settle();
    assertThat(executed).hasSize(1);
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
    // Whoever waits is told at once.
    assertThat(response(0).responseCode()).isEqualTo(500);
    assertThat(response(0).requestId()).isEqualTo(id(1));
    receive(1, Method.POST);
    settle();
    assertThat(executed).hasSize(1);
    assertThat(sent.get(1).payload()).isEqualTo(sent.get(0).payload());
    crash(SimulatedDisk.Crash.TEARS);
    receive(1, Method.POST);
    settle();
    assertThat(executed).hasSize(1);
    assertThat(sent.get(sent.size() - 1).payload()).isEqualTo(sent.get(0).payload());
  }

  @Test
  void requestWhoseBeginWasNotStoredIsExecutedAfterTheCrash() {
    disk.takesMillis(10, 10);
    receive(1, Method.POST);
    drain();
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
    receive(1, Method.POST);
    clock.advance(20);
    drain();
    assertThat(executed).hasSize(1);
  }

  @Test
  void whileItStartsNothingIsBegun() {
    disk.takesMillis(50, 50);
    start();
    receive(1, Method.POST);
    drain();
    assertThat(response(0).responseCode()).isEqualTo(503);
    clock.advance(100);
    drain();
    receive(1, Method.POST);
    clock.advance(100);
    drain();
    assertThat(executed).hasSize(1);
  }

  @Test
  void whileTheDiskFailsNothingIsBegunAndSafeRequestsGoOn() {
    disk.failSync(1);
    receive(1, Method.POST);
    clock.advance(5);
    drain();
    receive(2, Method.POST);
    drain();
    assertThat(response(0).responseCode()).isEqualTo(503);
    receive(3, Method.GET);
    drain();
    assertThat(executed)
        .extracting(invocation -> invocation.request().requestId())
        .containsExactly(id(3));
    clock.advance(1000);
    drain();
    assertThat(executed).hasSize(2);
  }

  @Test
  void whatNobodyAsksForAnyMoreIsDeleted() {
    receive(1, Method.POST);
    settle();
    answer(0, "done");
    settle();
    receive(2, Method.POST);
    settle();
    crash(SimulatedDisk.Crash.LOSES_UNSYNCED);
    assertThat(disk.bytes()).isPositive();
    assertThat(responder.remembered()).isEqualTo(2);
    clock.advance(ResponderLimits.EXCHANGE_LIFETIME_MILLIS);
    responder.timeout(clock.nowMillis());
    settle();
    assertThat(disk.bytes()).isZero();
    assertThat(responder.remembered()).isZero();
  }

  /**
   * Requests come any number of times while the process is killed at any time, with what is on the
   * disk lost or torn: each is executed at most once, and all answers to it that come are the same.
   */
  @Property(tries = 200)
  void eachRequestIsExecutedAtMostOnce(@ForAll long seed) {
    Random random = new Random(seed);
    disk = new SimulatedDisk(clock, seed);
    disk.takesMillis(0, 20);
    start();
    Map<RequestId, Integer> executions = new HashMap<>();
    Map<RequestId, Set<Bytes>> answers = new HashMap<>();
    List<Invocation> open = new ArrayList<>();
    for (int step = 0; step < 300; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 ->
            receive(random.nextInt(20), random.nextBoolean() ? Method.POST : Method.PUT);
        case 3, 4 -> {
          if (!open.isEmpty()) {
            Invocation invocation = open.remove(random.nextInt(open.size()));
            responder.answer(
                invocation.number(), Answer.content(random.nextInt()), clock.nowMillis());
          }
        }
        case 5 -> {
          if (random.nextInt(10) == 0) {
            SimulatedDisk.Crash[] crashes = SimulatedDisk.Crash.values();
            disk.crash(crashes[random.nextInt(crashes.length)]);
            open.clear();
            start();
          }
        }
        case 6 -> {
          if (random.nextInt(10) == 0) {
            disk.failSync(1 + random.nextInt(3));
          }
        }
        default -> clock.advance(random.nextInt(30));
      }
      responder.timeout(clock.nowMillis());
      clock.run();
      for (ResponderEvent event = responder.poll(); event != null; event = responder.poll()) {
        if (event instanceof ResponderEvent.Execute execute) {
          open.add(execute.invocation());
          executions.merge(execute.invocation().request().requestId(), 1, Integer::sum);
        } else if (event instanceof ResponderEvent.Send send) {
          Response response = (Response) PayloadCodec.DEFAULT.decode(send.message().payload());
          if (response.responseCode() != 503 && response.responseCode() != 429) {
            answers
                .computeIfAbsent(response.requestId(), key -> new HashSet<>())
                .add(send.message().payload());
          }
        }
      }
    }
    assertThat(executions.values()).allMatch(times -> times == 1);
    assertThat(answers.values()).allMatch(payloads -> payloads.size() == 1);
  }

  private void start() {
    responder =
        new Responder(ResponderOptions.of("dev"), new AnswerJournal(disk, "dev"), Wake.NOBODY);
    responder.load(clock.nowMillis());
  }

  private void crash(SimulatedDisk.Crash crash) {
    disk.crash(crash);
    sent.clear();
    start();
    settle();
  }

  private void settle() {
    clock.advance(20);
    drain();
  }

  private void answer(int execution, Object body) {
    responder.answer(executed.get(execution).number(), Answer.content(body), clock.nowMillis());
    clock.run();
    drain();
  }

  private void drain() {
    for (ResponderEvent event = responder.poll(); event != null; event = responder.poll()) {
      if (event instanceof ResponderEvent.Execute execute) {
        executed.add(execute.invocation());
      } else if (event instanceof ResponderEvent.Send send) {
        sent.add(send.message());
      }
    }
  }

  private Response response(int index) {
    return (Response) PayloadCodec.DEFAULT.decode(sent.get(index).payload());
  }

  private static Request request(int number, Method method) {
    return new Request(
        Header.of(id(number), "gains").withSource(SOURCE).withOptions(RpcOptions.NONE),
        method,
        number,
        Timestamp.ofMillis(1));
  }

  private void receive(int number, Method method) {
    responder.receive(
        RpcMessage.of(
            "gf_int_v1/axuv/request/dev/" + id(number),
            PayloadCodec.DEFAULT.encode(request(number, method))),
        clock.nowMillis(),
        () -> taken++);
  }

  private static RequestId id(int number) {
    return RequestId.of(new UUID(0, number));
  }
}
