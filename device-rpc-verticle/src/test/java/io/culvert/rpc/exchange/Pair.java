package io.culvert.rpc.exchange;

import io.culvert.engine.Engine;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

/**
 * A requester and a responder with a device, and a network between them that takes virtual time and
 * may lose, repeat and reorder. All chance comes from the seed.
 */
final class Pair {
  static final String DEVICE = "2D_XX_0_9999";

  final VirtualClock clock = new VirtualClock();
  final Requester requester;
  Responder responder;

  /** What was executed, in its order. */
  final List<Invocation> executed = new ArrayList<>();

  final List<Invocation> expired = new ArrayList<>();

  /** All that was published. */
  final List<RpcMessage> published = new ArrayList<>();

  final Map<RequestId, RequesterEvent> ended = new HashMap<>();
  final List<RequesterEvent.Notified> notified = new ArrayList<>();

  /** Null when it does not answer by itself. */
  Function<Invocation, Answer> device = invocation -> Answer.content(invocation.body());

  private final Random random;
  private double loss;
  private double repetition;
  private int mostMillis = 1;
  private long scheduled = Engine.NO_DEADLINE;

  Pair(RequesterOptions asking, ResponderOptions answering, long seed) {
    this.random = new Random(seed);
    this.requester =
        new Requester(asking, () -> RequestId.of(new UUID(random.nextLong(), random.nextLong())));
    this.responder = new Responder(answering);
  }

  static Pair create() {
    return new Pair(RequesterOptions.of("me"), ResponderOptions.of(DEVICE), 1);
  }

  /** From now on messages may be lost or come twice, and take up to so long. */
  void network(double losing, double repeating, int takingMillis) {
    loss = losing;
    repetition = repeating;
    mostMillis = takingMillis;
  }

  RequestId call(Call call) {
    RequestId id = requester.call(call, clock.nowMillis());
    work();
    return id;
  }

  void answer(Invocation invocation, Answer answer) {
    responder.answer(invocation.number(), answer, clock.nowMillis());
    work();
  }

  /** Lets both do all that is due. */
  void work() {
    boolean isBusy = true;
    while (isBusy) {
      isBusy = workOfRequester() | workOfResponder();
    }
    long next = Math.min(requester.deadlineMillis(), responder.deadlineMillis());
    if (next != Engine.NO_DEADLINE && (scheduled <= clock.nowMillis() || next < scheduled)) {
      scheduled = Math.max(next, clock.nowMillis() + 1);
      clock.after(scheduled - clock.nowMillis(), this::wake);
    }
  }

  Response answered(RequestId call) {
    if (ended.get(call) instanceof RequesterEvent.Answered answered) {
      return answered.response();
    }
    throw new AssertionError(ended.get(call));
  }

  RpcException failed(RequestId call) {
    if (ended.get(call) instanceof RequesterEvent.Failed failed) {
      return failed.exception();
    }
    throw new AssertionError(ended.get(call));
  }

  private void wake() {
    requester.timeout(clock.nowMillis());
    responder.timeout(clock.nowMillis());
    work();
  }

  private boolean workOfRequester() {
    RequesterEvent event = requester.poll();
    if (event instanceof RequesterEvent.Send send) {
      published.add(send.message());
      transmit(() -> responder.receive(send.message(), clock.nowMillis()));
    } else if (event instanceof RequesterEvent.Notified notification) {
      notified.add(notification);
    } else if (event != null && ended.put(event.call(), event) != null) {
      throw new AssertionError("ended twice: " + event);
    }
    return event != null;
  }

  private boolean workOfResponder() {
    ResponderEvent event = responder.poll();
    if (event instanceof ResponderEvent.Send send) {
      published.add(send.message());
      transmit(() -> requester.receive(send.message(), clock.nowMillis()));
    } else if (event instanceof ResponderEvent.Execute execute) {
      executed.add(execute.invocation());
      Answer answer = device.apply(execute.invocation());
      if (answer != null) {
        responder.answer(execute.invocation().number(), answer, clock.nowMillis());
      }
    } else if (event instanceof ResponderEvent.Expired end) {
      expired.add(end.invocation());
    }
    return event != null;
  }

  private void transmit(Runnable arrival) {
    int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < repetition ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      clock.after(
          1 + random.nextInt(mostMillis),
          () -> {
            arrival.run();
            work();
          });
    }
  }
}
