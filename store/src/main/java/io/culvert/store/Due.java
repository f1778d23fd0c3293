package io.culvert.store;

/** Something that is to be done when there was a reason, but not more often than so. One thread. */
final class Due {
  private final long intervalNanos;
  private long doneAtNanos = System.nanoTime();
  private boolean hasReason;

  Due(long intervalNanos) {
    this.intervalNanos = intervalNanos;
  }

  /** There is a reason from now on, until it is done. */
  void want() {
    hasReason = true;
  }

  /** How long until it is to be done; {@link Long#MAX_VALUE} without a reason. */
  long inNanos() {
    return hasReason
        ? Math.max(0, intervalNanos - (System.nanoTime() - doneAtNanos))
        : Long.MAX_VALUE;
  }

  /** Whether it is to be done now; then it counts as done. */
  boolean take() {
    if (inNanos() > 0) {
      return false;
    }
    hasReason = false;
    doneAtNanos = System.nanoTime();
    return true;
  }
}
