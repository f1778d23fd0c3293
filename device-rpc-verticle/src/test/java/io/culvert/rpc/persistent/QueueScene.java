package io.culvert.rpc.persistent;

import io.culvert.engine.Wake;
import io.culvert.engine.testkit.SimulatedDisk;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A queue, devices that come and go, and a network that may lose what is sent and what is answered.
 * The devices remember what they have done, as those do that go beyond the plain protocol; time is
 * virtual, and all chance comes from the seed.
 */
final class QueueScene {
  static final long START_MILLIS = 1_000_000;
  static final long TIMEOUT_MILLIS = 5_000;

  final VirtualClock clock = new VirtualClock(START_MILLIS);
  final SimulatedDisk disk;
  final List<RequestStatus> changes = new ArrayList<>();

  /** How often each request was executed. */
  final Map<RequestId, Integer> executed = new HashMap<>();

  /** In which order. */
  final List<RequestId> order = new ArrayList<>();

  final Set<String> present = new HashSet<>();
  final Set<String> plain = new HashSet<>();

  /** What devices answer; null for nothing. */
  Function<QueuedRequest, @Nullable Response> device = asked -> response(asked, 205, null);

  /** Why this side cannot send; null when it can. */
  @Nullable ResponseCode cannotSend;

  int probes;
  RequestQueue queue;

  private final QueueLimits limits;
  private final Map<RequestId, Long> forgetMillis = new HashMap<>();
  private final Random random;
  private final boolean durable;
  private double loss;
  private int life;

  QueueScene(QueueLimits limits, boolean durable, long seed) {
    this.limits = limits;
    this.durable = durable;
    this.random = new Random(seed);
    this.disk = new SimulatedDisk(clock, seed);
    start();
  }

  static QueueScene create() {
    return new QueueScene(QueueLimits.DEFAULT, /* durable= */ true, 1);
  }

  void loses(double share) {
    loss = share;
  }

  /** A new process. */
  void start() {
    life++;
    queue =
        new RequestQueue(
            limits,
            durable ? new QueueRecords(disk, "test", PayloadCodec.DEFAULT) : null,
            PayloadCodec.DEFAULT,
            Wake.NOBODY);
    queue.load(
        key -> {
          throw new AssertionError("damaged: " + key);
        },
        clock.nowMillis());
    advance(50);
  }

  void crash(SimulatedDisk.Crash how) {
    disk.crash(how);
    start();
  }

  /** Submits a request under an id that is made of a number. */
  RequestId submit(int number, String target, Method method, long expiryMillis) {
    return submit(request(number, target, method, expiryMillis));
  }

  RequestId submit(QueuedRequest request) {
    queue.submit(request, clock.nowMillis());
    settle();
    return request.id();
  }

  static RequestId id(int number) {
    return RequestId.of(new UUID(7, number));
  }

  QueuedRequest request(int number, String target, Method method, long expiryMillis) {
    return request(number, target, method, expiryMillis, TIMEOUT_MILLIS);
  }

  QueuedRequest request(
      int number, String target, Method method, long expiryMillis, long timeoutMillis) {
    RequestId id = id(number);
    return new QueuedRequest(
        0,
        target,
        "axuv",
        new Request(
            Header.of(id, "gains").withToken("secret"),
            method,
            number,
            Timestamp.ofMillis(clock.nowMillis())),
        null,
        timeoutMillis,
        clock.nowMillis(),
        clock.nowMillis() + expiryMillis,
        "my.address",
        QueuedRequest.NEVER);
  }

  /** Lets time pass, with all that is due in it. */
  void advance(long millis) {
    long end = clock.nowMillis() + millis;
    settle();
    while (clock.nowMillis() < end) {
      long next = Math.min(clock.nextMillis(), queue.deadlineMillis());
      clock.advanceTo(Math.min(end, Math.max(next, clock.nowMillis() + 1)));
      queue.timeout(clock.nowMillis());
      settle();
    }
  }

  List<RequestState> states(RequestId id) {
    return changes.stream()
        .filter(status -> status.id().equals(id))
        .map(RequestStatus::state)
        .toList();
  }

  RequestStatus last(RequestId id) {
    return changes.stream()
        .filter(status -> status.id().equals(id))
        .reduce((before, after) -> after)
        .orElseThrow();
  }

  static Response response(QueuedRequest asked, int code, @Nullable Object body) {
    return new Response(
        Header.of(asked.id(), "gains").withOptions(RpcOptions.NONE),
        code,
        body,
        Timestamp.ofMillis(1));
  }

  void settle() {
    clock.run();
    for (QueueEvent event = queue.poll(); event != null; event = queue.poll()) {
      if (event instanceof QueueEvent.Probe probe) {
        probes++;
        probe(probe);
      } else if (event instanceof QueueEvent.Ask ask) {
        ask(ask);
      } else if (event instanceof QueueEvent.Changed change) {
        changes.add(change.status());
      }
      clock.run();
    }
  }

  private void probe(QueueEvent.Probe probe) {
    String target = probe.next().target();
    boolean isThere = present.contains(target) && arrives() && arrives();
    later(
        isThere ? 1 + random.nextInt(20) : probe.timeoutMillis(),
        () -> queue.probed(target, isThere, !plain.contains(target), clock.nowMillis()));
  }

  private void ask(QueueEvent.Ask ask) {
    QueuedRequest asked = ask.request();
    ResponseCode why = cannotSend;
    if (why != null) {
      later(1, () -> queue.failed(asked, failure(asked, why), clock.nowMillis()));
      return;
    }
    Response answer = present.contains(asked.target()) && arrives() ? execute(asked) : null;
    if (answer == null || !arrives()) {
      later(
          ask.timeoutMillis(),
          () ->
              queue.failed(asked, failure(asked, ResponseCode.GATEWAY_TIMEOUT), clock.nowMillis()));
      return;
    }
    RpcException failure = RpcException.of(answer, "me", asked.target());
    later(
        1 + random.nextInt(20),
        () -> {
          if (failure == null) {
            queue.answered(asked, answer, clock.nowMillis());
          } else {
            queue.failed(asked, failure, clock.nowMillis());
          }
        });
  }

  /** Who is busy does nothing. Plain devices remember nothing, and others not for ever. */
  private @Nullable Response execute(QueuedRequest asked) {
    Response answer = device.apply(asked);
    boolean isBusy = answer != null && answer.code() == ResponseCode.SERVICE_UNAVAILABLE;
    Long forgets = forgetMillis.get(asked.id());
    boolean remembers = forgets != null && clock.nowMillis() < forgets;
    if (!isBusy && (!remembers || plain.contains(asked.target()))) {
      executed.merge(asked.id(), 1, Integer::sum);
      order.add(asked.id());
      forgetMillis.put(asked.id(), clock.nowMillis() + limits.rememberMillis());
    }
    return answer;
  }

  static RpcException failure(QueuedRequest asked, ResponseCode code) {
    return RpcException.of(code, "for a test", "gains", "me", asked.target(), asked.id());
  }

  private boolean arrives() {
    return random.nextDouble() >= loss;
  }

  /** Of the process that lives now. */
  private void later(long millis, Runnable action) {
    int now = life;
    clock.after(
        millis,
        () -> {
          if (life == now) {
            action.run();
          }
        });
  }
}
