package io.culvert.rpc.exchange;

/** Why something is executed, which decides what becomes of its answer. */
sealed interface Work permits Exchange, Work.Condition, Work.Notification {
  /** Its answer tells whether a request may be executed. */
  record Condition(Exchange exchange) implements Work {}

  /** Its answer goes to those who observe. */
  record Notification(ObservedState state) implements Work {}
}
