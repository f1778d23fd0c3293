package io.culvert.tcp.wire;

/** What a {@link FrameEngine} has to tell. */
public sealed interface FrameEvent {
  /** A message has come. Nothing more comes before {@link FrameEngine#proceed}. */
  record Received(Frame frame) implements FrameEvent {}

  /** Whoever handles the message has taken too long. It is still asked for an answer. */
  record Overdue() implements FrameEvent {}

  /**
   * The peer has broken the protocol, or was too slow. The last event; what is sent now still goes
   * out.
   */
  record Broken(FrameViolation violation) implements FrameEvent {}

  /** The peer has ended its stream between two frames. The last event. */
  record Ended() implements FrameEvent {}
}
