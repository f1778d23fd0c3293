package io.culvert.rpc.persistent;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Response;
import org.jspecify.annotations.Nullable;

/** A request in the queue. */
final class HeldRequest {
  private final int bytes;
  private final Deadlines.Entry<Runnable> expiry;
  private QueuedRequest request;
  private RequestState state;
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

  int bytes() {
    return bytes;
  }

  Deadlines.Entry<Runnable> expiry() {
    return expiry;
  }

  /** From now on it counts as sent, whatever comes. */
  void willBeSent(long nowMillis) {
    request = request.sent(nowMillis);
  }

  /** It is certain that nothing was done. */
  void wasNotDone() {
    request = request.sent(QueuedRequest.NEVER);
    state = RequestState.QUEUED;
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
   * that does not do it twice, and while that remembers it.
   */
  boolean maySend(boolean goesBeyond, long rememberMillis, long nowMillis) {
    return !request.wasSent()
        || request.request().method() != Method.POST
        || (goesBeyond
            && nowMillis + request.timeoutMillis() <= request.firstSentMillis() + rememberMillis);
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
