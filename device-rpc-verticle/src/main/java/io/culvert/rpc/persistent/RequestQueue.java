package io.culvert.rpc.persistent;

import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.engine.Wake;
import io.culvert.rpc.persistent.QueueEvent.Ask;
import io.culvert.rpc.persistent.QueueEvent.Changed;
import io.culvert.rpc.persistent.QueueEvent.Probe;
import io.culvert.rpc.persistent.QueueEvent.Ready;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait until their devices are there. The requests for one device are done one after
 * the other, in the order in which they were submitted; each ends in exactly one {@link Changed}
 * with a state that is {@linkplain RequestState#isFinal final}, at the latest when its time is
 * over.
 *
 * <p>A device is first asked something that changes nothing; only when it answers that is the
 * request sent, with its own id. If no answer comes, it is sent again under the same id where that
 * cannot do it twice: GET, PUT and DELETE always, POST only to devices that go beyond the plain
 * protocol and as long as they remember what they have done. That a request is sent is stored
 * before it is, so all this also holds when the process ends in between.
 *
 * <p>After each call of a method, and when it is woken, its owner takes what it wants, until {@link
 * #poll} returns null, and calls {@link #timeout} when {@link #deadlineMillis} has come. Times are
 * milliseconds since 1970 by a clock that never goes back. Single-threaded.
 */
public final class RequestQueue {
  private static final long MILLIS_PER_SECOND = 1000;

  /** What a request takes besides its payload. */
  private static final int OVERHEAD_BYTES = 512;

  private final QueueLimits limits;
  private final @Nullable QueueRecords records;
  private final Wake wake;
  private final PayloadCodec codec;
  private final Deadlines<Runnable> deadlines = new Deadlines<>();
  private final Map<RequestId, HeldRequest> requests = new HashMap<>();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Lane> line = new ArrayDeque<>();
  private final EndedRequests ended;
  private final ArrayDeque<QueueEvent> events = new ArrayDeque<>();
  private boolean isLoaded;
  private long lastNumber;
  private long bytes;
  private int active;
  private long lastMillis;

  /**
   * @param records null to keep requests as long as the process lasts
   * @param wake called when something was stored, so that there may be something to take
   */
  public RequestQueue(
      QueueLimits limits, @Nullable QueueRecords records, PayloadCodec codec, Wake wake) {
    this.limits = limits;
    this.records = records;
    this.codec = codec;
    this.wake = wake;
    this.ended = new EndedRequests(limits.ended(), limits.endedBytes(), codec);
  }

  // ---- what is wanted

  /**
   * Reads what was kept, and goes on with it.
   *
   * @param damaged called with the key of each record that cannot be read
   */
  public void load(Consumer<Bytes> damaged, long nowMillis) {
    lastMillis = nowMillis;
    if (records == null) {
      loaded();
    } else {
      records.load(
          this::restore,
          damaged,
          () -> {
            loaded();
            wake.changed();
          });
    }
  }

  /**
   * Takes a request. When it is kept, it is told as {@link RequestState#QUEUED}.
   *
   * @param request its number means nothing
   * @throws RpcException 429 when as many are kept as may, 503 when nothing can be stored now, 409
   *     for an id that is used already
   * @throws IllegalArgumentException for a body that cannot be sent
   */
  public void submit(QueuedRequest request, long nowMillis) {
    lastMillis = nowMillis;
    int size = codec.encode(request.request()).length() + OVERHEAD_BYTES;
    refuse(request, size);
    HeldRequest held = add(request.numbered(++lastNumber), size);
    keep(
        held.request(),
        () -> {
          if (isHeld(held)) {
            changed(held.status());
            enter(held);
          }
        });
  }

  /**
   * Ends a request that nobody wants any more.
   *
   * @return false when it is none, or has ended
   */
  public boolean cancel(RequestId id, long nowMillis) {
    lastMillis = nowMillis;
    HeldRequest held = requests.get(id);
    if (held == null) {
      return false;
    }
    String detail = held.request().wasSent() ? "it was sent, so it may have been done" : null;
    end(held, RequestState.CANCELLED, null, detail);
    return true;
  }

  /** A device may be there again: what waits for it is tried now. */
  public void online(String target, long nowMillis) {
    lastMillis = nowMillis;
    Lane lane = lanes.get(target);
    if (lane != null) {
      lane.hurry();
      toLine(lane);
    }
  }

  // ---- what became of it

  /**
   * What has come of a {@link Probe}.
   *
   * @param isThere it has answered, whatever it was
   * @param goesBeyond it knows more than the plain protocol
   */
  public void probed(String target, boolean isThere, boolean goesBeyond, long nowMillis) {
    lastMillis = nowMillis;
    Lane lane = lanes.get(target);
    if (lane == null) {
      return;
    } else if (!isThere) {
      lane.isSilent();
      pause(lane, lane.nextWaitMillis(limits.mostWaitMillis()));
      return;
    }
    lane.answers(goesBeyond);
    begin(lane);
  }

  /** A device has done what was {@linkplain Ask asked}. */
  public void answered(QueuedRequest asked, Response answer, long nowMillis) {
    lastMillis = nowMillis;
    HeldRequest held = requests.get(asked.id());
    if (held != null) {
      end(held, RequestState.SUCCEEDED, answer, null);
    }
    release(lanes.get(asked.target()));
  }

  /**
   * It was not done, or nobody knows.
   *
   * @param failure with the answer of the device, if it has given one
   */
  public void failed(QueuedRequest asked, RpcException failure, long nowMillis) {
    lastMillis = nowMillis;
    HeldRequest held = requests.get(asked.id());
    Lane lane = lanes.get(asked.target());
    if (lane == null) {
      return;
    } else if (held == null) {
      release(lane);
      return;
    }
    Response answer = failure.response();
    if (answer != null) {
      Long laterSeconds = laterSeconds(answer);
      if (laterSeconds == null) {
        end(held, RequestState.FAILED, answer, failure.detail());
        release(lane);
      } else {
        held.wasNotDone();
        tryLater(held, lane, laterSeconds * MILLIS_PER_SECOND, failure.detail());
      }
    } else if (failure instanceof RpcException.BadRequest) {
      end(held, RequestState.FAILED, null, failure.detail());
      release(lane);
    } else {
      if (failure instanceof RpcException.TooManyRequests) {
        held.wasNotDone(); // this side has not sent it
      }
      lane.isSilent();
      tryLater(held, lane, lane.nextWaitMillis(limits.mostWaitMillis()), failure.detail());
    }
  }

  // ---- time

  /** When {@link #timeout} has something to do; {@link Engine#NO_DEADLINE}. */
  public long deadlineMillis() {
    return deadlines.earliest();
  }

  /** Time has passed. Early and repeated calls are harmless. */
  public void timeout(long nowMillis) {
    lastMillis = nowMillis;
    for (Runnable due = deadlines.pollExpired(nowMillis);
        due != null;
        due = deadlines.pollExpired(nowMillis)) {
      due.run();
    }
  }

  // ---- what there is

  /** What it wants or has found next; null for nothing. */
  public @Nullable QueueEvent poll() {
    return events.poll();
  }

  /** What is known of a request, or null. */
  public @Nullable RequestStatus find(RequestId id) {
    HeldRequest held = requests.get(id);
    return held == null ? ended.find(id) : held.status();
  }

  /**
   * What is known of many: first those that have not ended, and the newest first.
   *
   * @param target null for all devices
   */
  public List<RequestStatus> list(@Nullable String target, int limit) {
    List<RequestStatus> all = new ArrayList<>(ended.all());
    requests.values().stream()
        .sorted((a, b) -> Long.compare(a.request().number(), b.request().number()))
        .forEach(held -> all.add(held.status()));
    Collections.reverse(all);
    return all.stream()
        .filter(status -> target == null || status.target().equals(target))
        .limit(limit)
        .toList();
  }

  /** Requests that have not ended. */
  public int size() {
    return requests.size();
  }

  /** Bytes that they count as. */
  public long bytes() {
    return bytes;
  }

  // ---- private

  private void refuse(QueuedRequest request, int size) {
    if (!isLoaded) {
      throw refusal(request, ResponseCode.SERVICE_UNAVAILABLE, "the queue is starting");
    } else if (requests.containsKey(request.id())) {
      throw refusal(request, ResponseCode.CONFLICT, "there is a request with this id already");
    }
    Lane lane = lanes.get(request.target());
    int ofDevice = lane == null ? 0 : lane.size();
    if (requests.size() >= limits.requests()
        || ofDevice >= limits.perDevice()
        || bytes + size > limits.bytes()) {
      throw refusal(
          request,
          ResponseCode.TOO_MANY_REQUESTS,
          "%d requests of %d bytes are kept, %d of them for this device, and more may not"
              .formatted(requests.size(), bytes, ofDevice));
    } else if (records != null && !records.isReady()) {
      throw refusal(request, ResponseCode.SERVICE_UNAVAILABLE, "nothing can be stored now");
    }
  }

  private static RpcException refusal(QueuedRequest request, ResponseCode code, String detail) {
    var header = request.request().header();
    return RpcException.of(
        code, detail, header.path(), header.source(), request.target(), request.id());
  }

  private void restore(QueuedRequest kept) {
    lastNumber = Math.max(lastNumber, kept.number());
    HeldRequest unused = add(kept, codec.encode(kept.request()).length() + OVERHEAD_BYTES);
  }

  private void loaded() {
    isLoaded = true;
    events.add(new Ready());
    List.copyOf(lanes.values()).forEach(this::toLine);
  }

  private HeldRequest add(QueuedRequest request, int size) {
    HeldRequest held = new HeldRequest(request, size, deadlines, this::expired);
    requests.put(request.id(), held);
    bytes += size;
    if (!isLoaded) {
      lane(request.target()).add(held);
    }
    return held;
  }

  private Lane lane(String target) {
    return lanes.computeIfAbsent(
        target, name -> new Lane(name, limits.leastWaitMillis(), deadlines, this::toLine));
  }

  private void enter(HeldRequest held) {
    Lane lane = lane(held.request().target());
    boolean isFirst = lane.size() == 0;
    lane.add(held);
    if (isFirst) {
      toLine(lane);
    }
  }

  private boolean isHeld(HeldRequest held) {
    return requests.get(held.request().id()) == held;
  }

  private void keep(QueuedRequest request, Runnable then) {
    if (records == null) {
      then.run();
      return;
    }
    records.keep(
        request,
        () -> {
          then.run();
          wake.changed();
        });
  }

  /** A device is asked when it is its turn. */
  private void toLine(Lane lane) {
    deadlines.set(lane.retry(), Engine.NO_DEADLINE);
    if (!lane.isBusy() && !lane.isInLine()) {
      lane.inLine(true);
      line.add(lane);
    }
    pump();
  }

  private void pump() {
    while (active < limits.atOnce() && !line.isEmpty()) {
      Lane lane = line.remove();
      lane.inLine(false);
      HeldRequest first = lane.first();
      if (first == null) {
        lanes.remove(lane.target(), lane);
        continue;
      }
      lane.busy(true);
      active++;
      if (lane.isThere()) {
        begin(lane);
      } else {
        events.add(new Probe(first.request(), Math.max(1, first.attemptMillis(lastMillis))));
      }
    }
  }

  /** Sends what is first for a device that is there. */
  private void begin(Lane lane) {
    HeldRequest held = lane.first();
    while (held != null && !canSend(held, lane)) {
      held = lane.first();
    }
    if (held == null) {
      release(lane);
    } else if (held.request().wasSent()) {
      ask(lane, held);
    } else {
      HeldRequest next = held;
      next.willBeSent(lastMillis);
      keep(next.request(), () -> ask(lane, next));
    }
  }

  /** Ends what cannot be sent any more. */
  private boolean canSend(HeldRequest held, Lane lane) {
    if (held.attemptMillis(lastMillis) <= 0) {
      over(held);
      return false;
    } else if (!held.maySend(lane.goesBeyond(), limits.rememberMillis(), lastMillis)) {
      end(held, RequestState.TIMED_OUT, null, "it was not answered, and may not be sent again");
      return false;
    }
    return true;
  }

  private void ask(Lane lane, HeldRequest held) {
    if (!isHeld(held)) {
      release(lane); // it was cancelled, or its time is over
      return;
    }
    held.sent(lastMillis);
    lane.asks(held);
    changed(held.status());
    events.add(new Ask(held.request(), Math.max(1, held.attemptMillis(lastMillis))));
  }

  /** What was asked has ended; others may come. */
  private void release(@Nullable Lane lane) {
    if (lane == null) {
      return;
    }
    free(lane);
    if (lane.first() == null) {
      lanes.remove(lane.target(), lane);
      pump();
    } else {
      toLine(lane);
    }
  }

  private void pause(Lane lane, long millis) {
    free(lane);
    if (lane.first() == null) {
      lanes.remove(lane.target(), lane);
    } else {
      deadlines.set(lane.retry(), lastMillis + millis);
    }
    pump();
  }

  private void free(Lane lane) {
    lane.asks(null);
    if (lane.isBusy()) {
      lane.busy(false);
      active--;
    }
  }

  private void tryLater(HeldRequest held, Lane lane, long millis, String detail) {
    long againMillis = lastMillis + millis;
    if (againMillis >= held.request().expiresMillis()
        || !held.maySend(lane.goesBeyond(), limits.rememberMillis(), againMillis)) {
      RequestState state = held.request().wasSent() ? RequestState.TIMED_OUT : RequestState.EXPIRED;
      end(held, state, null, detail);
      release(lane);
    } else {
      pause(lane, millis);
    }
  }

  /** What is asked ends by itself: it waits no longer than that. */
  private void expired(HeldRequest held) {
    Lane lane = lanes.get(held.request().target());
    if (lane == null || !lane.isAsking(held)) {
      over(held);
    }
  }

  private void over(HeldRequest held) {
    if (held.request().wasSent()) {
      end(held, RequestState.TIMED_OUT, null, "no answer has come in time");
    } else {
      end(held, RequestState.EXPIRED, null, "the device was not there in time");
    }
  }

  private void end(
      HeldRequest held, RequestState state, @Nullable Response answer, @Nullable String detail) {
    QueuedRequest request = held.request();
    requests.remove(request.id());
    bytes -= held.bytes();
    deadlines.remove(held.expiry());
    Lane lane = lanes.get(request.target());
    if (lane != null) {
      lane.remove(held);
    }
    if (records != null) {
      records.forget(request.number());
    }
    RequestStatus last = held.status(state, lastMillis, answer, detail);
    ended.add(last);
    changed(last);
  }

  private void changed(RequestStatus status) {
    events.add(new Changed(status));
  }

  /** After how many seconds a device wants to be asked again, or null when that was its word. */
  private static @Nullable Long laterSeconds(Response answer) {
    ResponseCode code = answer.code();
    if (code != ResponseCode.TOO_MANY_REQUESTS && code != ResponseCode.SERVICE_UNAVAILABLE) {
      return null;
    }
    try {
      return answer.header().options().maxAgeSeconds();
    } catch (PayloadViolation e) {
      return null;
    }
  }
}
