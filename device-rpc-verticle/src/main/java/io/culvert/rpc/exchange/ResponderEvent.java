package io.culvert.rpc.exchange;

/** What a {@link Responder} wants. */
public sealed interface ResponderEvent {
  /** To be published. */
  record Send(RpcMessage message) implements ResponderEvent {}

  /** To be executed, and answered by {@link Responder#answer}. */
  record Execute(Invocation invocation) implements ResponderEvent {}

  /** What was kept is read; requests are executed from now on. */
  record Ready() implements ResponderEvent {}

  /**
   * Nobody waits for this one any more. It may be left, and must be answered all the same: its
   * answer is for those who ask again.
   */
  record Expired(Invocation invocation) implements ResponderEvent {}
}
