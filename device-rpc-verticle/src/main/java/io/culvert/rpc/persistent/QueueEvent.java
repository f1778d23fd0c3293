package io.culvert.rpc.persistent;

/** What a {@link RequestQueue} wants or has found. */
public sealed interface QueueEvent {
  /**
   * Whether a device is there is to be found out by a request that changes nothing; then {@link
   * RequestQueue#probed} is called.
   *
   * @param next what it is asked for if it is there
   * @param timeoutMillis how long to wait for it
   */
  record Probe(QueuedRequest next, long timeoutMillis) implements QueueEvent {}

  /**
   * To be sent; then {@link RequestQueue#answered} or {@link RequestQueue#failed} is called.
   *
   * @param timeoutMillis how long to wait for the answer
   */
  record Ask(QueuedRequest request, long timeoutMillis) implements QueueEvent {}

  /** A request has come into another state, or was sent once more. */
  record Changed(RequestStatus status) implements QueueEvent {}

  /** What was kept is read; requests are taken from now on. */
  record Ready() implements QueueEvent {}
}
