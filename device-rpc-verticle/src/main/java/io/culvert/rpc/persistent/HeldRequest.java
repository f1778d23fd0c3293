package io.culvert.rpc.persistent;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.exchange.RequesterOptions;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Response;
import org.jspecify.annotations.Nullable;

/** A request in the queue. */
final class HeldRequest {
  /** Brokers throw away what comes too late, by whole seconds. */
  private static final long EXPIRY_STEP_MILLIS = 1000;

  private final int bytes;
  private final Deadlines.Entry<Runnable> expiry;
  private QueuedRequest request;
  private RequestState state;
  private boolean wasSentBefore;
  private int attempts;
  private long changedMillis;

  /**
   * @param bytes that it counts as
   * @param onExpiry what to do when its time is over
   */
  HeldRequest(
      QueuedRequest request, int bytes, Deadlines<Runnable> deadlines, ExpiryAction onExpiry) {
    this.request = request;
    this.bytes = bytes;
    this.state = request.wasSent() ? RequestState.SENT : RequestState.QUEUED;
    this.changedMillis = request.submittedMillis();
    this.expiry = deadlines.entry(() -> onExpiry.expired(this));
    deadlines.set(expiry, request.expiresMillis());
  }

  /** What is done when the time of a request is over. */
  interface ExpiryAction {
    void expired(HeldRequest held);
  }

  QueuedRequest request() {
    return request;
  }

  /** Whether it may have reached its device. */
  boolean isSent() {
    return state == RequestState.SENT;
  }

  int bytes() {
    return bytes;
  }

  Deadlines.Entry<Runnable> expiry() {
    return expiry;
  }

  /** Whether nobody knows what came of it when it was sent before this time. */
  boolean wasSentBefore() {
    return wasSentBefore;
  }

  /** From now on it counts as sent, whatever comes; false when it did before. */
  boolean willBeSent(long nowMillis) {
    wasSentBefore = request.wasSent();
    if (!wasSentBefore) {
      request = request.sent(nowMillis);
    }
    return !wasSentBefore;
  }

  /** It is certain that this time nothing was done; what came of a time before nobody knows. */
  void wasNotDone() {
    if (!wasSentBefore) {
      request = request.sent(QueuedRequest.NEVER);
      state = RequestState.QUEUED;
    }
  }

  void sent(long nowMillis) {
    attempts++;
    state = RequestState.SENT;
    changedMillis = nowMillis;
  }

  /** How long an attempt may wait that begins now; 0 or less when its time is over. */
  long attemptMillis(long nowMillis) {
    return Math.min(request.timeoutMillis(), request.expiresMillis() - nowMillis);
  }

  /**
   * Whether it may be sent, and sent again: any time where that does no harm, else only to a device
   * that does not do it twice, and while that remembers it. Where the time of day was set back in
   * between, nobody knows how long that is; and what goes in blocks is known by the id of the last
   * one, which is another one each time.
   */
  boolean maySend(boolean goesBeyond, long rememberMillis, long nowMillis) {
    return !request.wasSent()
        || request.request().method() != Method.POST
        || (goesBeyond
            && bytes <= RequesterOptions.DEFAULT_BLOCK_BYTES
            && nowMillis >= request.firstSentMillis()
            && nowMillis + request.timeoutMillis() + EXPIRY_STEP_MILLIS
                <= request.firstSentMillis() + rememberMillis);
  }

  RequestStatus status() {
    return status(state, changedMillis, null, null);
  }

  RequestStatus status(
      RequestState value, long sinceMillis, @Nullable Response answer, @Nullable String detail) {
    var header = request.request().header();
    return new RequestStatus(
        request.id(),
        request.target(),
        request.subsystem(),
        request.request().method(),
        header.path(),
        header.correlationId(),
        value,
        attempts,
        request.submittedMillis(),
        request.expiresMillis(),
        sinceMillis,
        request.address(),
        answer,
        detail);
  }
}
