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
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait until their devices are there. The requests for one device are done one after
 * the other, in the order in which they were submitted; each ends in exactly one {@link Changed}
 * with a state that is {@linkplain RequestState#isFinal final}, at the latest when its time is
 * over. A process that comes after a crash tells once more what had not been stored. What was told
 * stays true then: nothing is done that has {@linkplain RequestState#EXPIRED expired}, because its
 * time is over for every process, nor what was {@linkplain RequestState#CANCELLED cancelled},
 * because that is told when it is stored.
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
  private static final String NOT_SENT_AGAIN = "it was not answered, and may not be sent again";

  private final QueueLimits limits;
  private final @Nullable QueueRecords records;
  private final Wake wake;
  private final Deadlines<Runnable> deadlines = new Deadlines<>();
  private final HeldRequests requests;
  private final Lanes lanes;
  private final ArrayDeque<QueueEvent> events = new ArrayDeque<>();
  private boolean isLoaded;
  private long lastNumber;
  private long lastMillis;

  /**
   * @param records null to keep requests as long as the process lasts
   * @param wake called when something was stored, so that there may be something to take
   */
  public RequestQueue(
      QueueLimits limits, @Nullable QueueRecords records, PayloadCodec codec, Wake wake) {
    this.limits = limits;
    this.records = records;
    this.wake = wake;
    this.requests = new HeldRequests(limits, codec);
    this.lanes = new Lanes(limits, deadlines, this::toLine);
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
    int size = requests.bytesOf(request);
    checkCanKeep(request, size);
    HeldRequest held = add(request.numbered(++lastNumber), size);
    keep(
        held.request(),
        () -> {
          if (requests.has(held)) {
            changed(held.status());
            enter(held);
          }
        });
  }

  /**
   * Ends a request that nobody wants any more; it is told as {@link RequestState#CANCELLED}.
   *
   * @return false when it is none, or has ended
   */
  public boolean cancel(RequestId id, long nowMillis) {
    lastMillis = nowMillis;
    HeldRequest held = requests.find(id);
    if (held == null) {
      return false;
    }
    String detail = held.isSent() ? "it was sent, so it may have been done" : null;
    end(held, RequestState.CANCELLED, null, detail);
    return true;
  }

  /** A device may be there again: what waits for it is tried now. */
  public void online(String target, long nowMillis) {
    lastMillis = nowMillis;
    Lane lane = lanes.find(target);
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
    Lane lane = lanes.find(target);
    if (lane == null) {
      return;
    } else if (!isThere) {
      lane.isSilent();
      endWhatIsTooLate(lane);
      pause(lane, lane.nextWaitMillis(limits.mostWaitMillis()));
      return;
    }
    lane.answers(goesBeyond);
    begin(lane);
  }

  /** A device has done what was {@linkplain Ask asked}. */
  public void answered(QueuedRequest asked, Response answer, long nowMillis) {
    lastMillis = nowMillis;
    HeldRequest held = requests.find(asked.id());
    if (held != null) {
      end(held, RequestState.SUCCEEDED, answer, null);
    }
    release(lanes.find(asked.target()));
  }

  /**
   * It was not done, or nobody knows.
   *
   * @param failure with the answer of the device, if it has given one
   */
  public void failed(QueuedRequest asked, RpcException failure, long nowMillis) {
    lastMillis = nowMillis;
    HeldRequest held = requests.find(asked.id());
    Lane lane = lanes.find(asked.target());
    if (lane == null) {
      return;
    }
    Response answer = failure.response();
    if (held == null) {
      if (answer == null) {
        lane.isSilent(); // what comes next is not to be lost, too
      }
      release(lane);
    } else if (answer != null) {
      refused(held, lane, answer, failure.detail());
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

  private void refused(HeldRequest held, Lane lane, Response answer, String detail) {
    Long laterSeconds = laterSeconds(answer);
    if (laterSeconds != null) {
      held.wasNotDone();
      long millis = Math.max(limits.leastWaitMillis(), laterSeconds * MILLIS_PER_SECOND);
      tryLater(held, lane, millis, detail);
    } else if (held.wasSentBefore() && answer.code() == ResponseCode.REQUEST_ENTITY_INCOMPLETE) {
      // It remembers the first block, and perhaps it had all of them before.
      tryLater(held, lane, lane.nextWaitMillis(limits.mostWaitMillis()), detail);
    } else {
      end(held, RequestState.FAILED, answer, detail);
      release(lane);
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
    return requests.status(id);
  }

  /**
   * What is known of many: first those that have not ended, and the newest first.
   *
   * @param target null for all devices
   */
  public List<RequestStatus> list(@Nullable String target, int limit) {
    return requests.list(target, limit);
  }

  /** Requests that have not ended. */
  public int size() {
    return requests.size();
  }

  /** Bytes that they count as. */
  public long bytes() {
    return requests.bytes();
  }

  // ---- private

  private void checkCanKeep(QueuedRequest request, int size) {
    if (!isLoaded) {
      throw HeldRequests.refusal(
          request, ResponseCode.SERVICE_UNAVAILABLE, "the queue is starting");
    }
    Lane lane = lanes.find(request.target());
    requests.checkRoom(request, size, lane == null ? 0 : lane.size());
    if (records != null && !records.isReady()) {
      throw HeldRequests.refusal(
          request, ResponseCode.SERVICE_UNAVAILABLE, "nothing can be stored now");
    }
  }

  private void restore(QueuedRequest kept) {
    lastNumber = Math.max(lastNumber, kept.number());
    HeldRequest held = add(kept, requests.bytesOf(kept));
    lanes.of(kept.target()).add(held);
  }

  private void loaded() {
    isLoaded = true;
    events.add(new Ready());
    List.copyOf(lanes.all()).forEach(this::toLine);
  }

  private HeldRequest add(QueuedRequest request, int size) {
    HeldRequest held = new HeldRequest(request, size, deadlines, this::expired);
    requests.add(held);
    lanes.of(request.target()).expect();
    return held;
  }

  private void enter(HeldRequest held) {
    Lane lane = lanes.of(held.request().target());
    boolean isFirst = lane.first() == null;
    lane.add(held);
    if (isFirst) {
      toLine(lane);
    }
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
    lanes.lineUp(lane);
    pump();
  }

  private void pump() {
    for (Lane lane = lanes.next(); lane != null; lane = lanes.next()) {
      HeldRequest first = lane.first();
      if (lane.isThere() || first == null) {
        begin(lane);
      } else {
        events.add(new Probe(first.request(), probeMillis(first)));
      }
    }
  }

  /** Others wait for their turn, and whether this device is there is asked again anyway. */
  private long probeMillis(HeldRequest first) {
    return Math.max(1, Math.min(limits.mostWaitMillis(), first.attemptMillis(lastMillis)));
  }

  /** Sends what is first for a device that is there. */
  private void begin(Lane lane) {
    HeldRequest held = lane.first();
    while (held != null && !canSend(held, lane)) {
      held = lane.first();
    }
    if (held == null) {
      release(lane);
      return;
    }
    HeldRequest next = held;
    if (next.willBeSent(lastMillis)) {
      keep(next.request(), () -> ask(lane, next));
    } else {
      ask(lane, next);
    }
  }

  /** Ends what cannot be sent any more. */
  private boolean canSend(HeldRequest held, Lane lane) {
    if (held.attemptMillis(lastMillis) <= 0) {
      over(held);
      return false;
    } else if (!held.maySend(lane.goesBeyond(), limits.rememberMillis(), lastMillis)) {
      end(held, RequestState.TIMED_OUT, null, NOT_SENT_AGAIN);
      return false;
    }
    return true;
  }

  /** No device remembers it any more, whether it goes beyond the plain protocol or not. */
  private void endWhatIsTooLate(Lane lane) {
    HeldRequest first = lane.first();
    if (first != null
        && !first.maySend(/* goesBeyond= */ true, limits.rememberMillis(), lastMillis)) {
      end(first, RequestState.TIMED_OUT, null, NOT_SENT_AGAIN);
    }
  }

  private void ask(Lane lane, HeldRequest held) {
    if (!requests.has(held)) {
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
    lanes.free(lane);
    if (lane.first() == null) {
      pump();
    } else {
      toLine(lane);
    }
  }

  private void pause(Lane lane, long millis) {
    lanes.free(lane);
    if (lane.first() != null) {
      deadlines.set(lane.retry(), lastMillis + millis);
    }
    pump();
  }

  private void tryLater(HeldRequest held, Lane lane, long millis, String detail) {
    long leftMillis = held.request().expiresMillis() - lastMillis;
    if (!held.isSent()) {
      pause(lane, Math.max(1, Math.min(millis, leftMillis))); // it does not expire before its time
    } else if (millis >= leftMillis
        || !held.maySend(lane.goesBeyond(), limits.rememberMillis(), lastMillis + millis)) {
      end(held, RequestState.TIMED_OUT, null, detail);
      release(lane);
    } else {
      pause(lane, millis);
    }
  }

  /** What is asked ends by itself: it waits no longer than that. */
  private void expired(HeldRequest held) {
    Lane lane = lanes.find(held.request().target());
    if (lane == null || !lane.isAsking(held)) {
      over(held);
    }
  }

  private void over(HeldRequest held) {
    if (held.isSent()) {
      end(held, RequestState.TIMED_OUT, null, "no answer has come in time");
    } else {
      end(held, RequestState.EXPIRED, null, "the device was not there in time");
    }
  }

  private void end(
      HeldRequest held, RequestState state, @Nullable Response answer, @Nullable String detail) {
    QueuedRequest request = held.request();
    RequestStatus last = held.status(state, lastMillis, answer, detail);
    requests.end(held, last);
    deadlines.remove(held.expiry());
    Lane lane = lanes.find(request.target());
    if (lane != null) {
      lane.remove(held);
      lanes.dropIfIdle(lane);
    }
    boolean tellsWhenStored = records != null && state == RequestState.CANCELLED;
    if (!tellsWhenStored) {
      changed(last); // now, or a crash might leave it untold: what it says stays true anyway
    }
    if (records != null) {
      records.forget(
          request.number(),
          () -> {
            if (tellsWhenStored) {
              changed(last);
              wake.changed();
            }
          });
    }
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
