package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;

/** Why something is executed, which decides what becomes of its answer. */
sealed interface Work permits Exchange, Work.Condition, Work.Notification {
  /** Its answer tells whether a request may be executed. */
  record Condition(Exchange exchange) implements Work {}

  /**
   * Its answer goes to those who observe.
   *
   * @param deadline when it is not waited for any more
   */
  record Notification(ObservedState state, Deadlines.Entry<Due> deadline) implements Work {}
}
