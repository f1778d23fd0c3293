package io.culvert.engine.testkit;

import io.culvert.engine.Engine;
import io.culvert.engine.Wake;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Two engines over a simulated connection, driven as the contract of {@link Engine} wants it. After
 * each run of polls the chunks are overwritten with garbage, so that an engine that keeps a
 * borrowed view is found out, and a broken promise of an engine throws {@link
 * IllegalStateException}.
 *
 * <p>Several links may share a clock: then each moves when the clock does. What a test does to an
 * engine from outside (a command, a decision) takes effect with the next {@link #runUntilIdle()}.
 *
 * @param <L> the events of the left engine
 * @param <R> the events of the right engine
 */
public final class EngineLink<L, R> {
  private final VirtualClock clock;
  private final LinkEnd<L> left;
  private final LinkEnd<R> right;

  /** A link without delay between two engines whose events go to the two handlers. */
  public EngineLink(
      VirtualClock clock,
      Engine<L> left,
      Consumer<? super L> leftHandler,
      Engine<R> right,
      Consumer<? super R> rightHandler) {
    this(clock, wake -> left, leftHandler, wake -> right, rightHandler);
  }

  /** A link between two engines that are made with the {@link Wake} of their driver. */
  public EngineLink(
      VirtualClock clock,
      Function<? super Wake, ? extends Engine<L>> left,
      Consumer<? super L> leftHandler,
      Function<? super Wake, ? extends Engine<R>> right,
      Consumer<? super R> rightHandler) {
    this.clock = clock;
    this.left = new LinkEnd<>("left", clock, left, leftHandler);
    this.right = new LinkEnd<>("right", clock, right, rightHandler);
    this.left.connect(this.right);
    this.right.connect(this.left);
  }

  /** How both drivers behave from now on; at first {@link DriverHabits#allAtOnce()}. */
  public EngineLink<L, R> habits(DriverHabits habits) {
    left.habits(habits);
    right.habits(habits);
    return this;
  }

  /** How long bytes are on their way from now on; at first no time. */
  public EngineLink<L, R> latencyMillis(long latencyMillis) {
    left.latencyMillis(latencyMillis);
    right.latencyMillis(latencyMillis);
    return this;
  }

  /** How many unread bytes each direction takes; a writer waits beyond that. At first 64 KiB. */
  public EngineLink<L, R> windowBytes(int windowBytes) {
    left.windowBytes(windowBytes);
    right.windowBytes(windowBytes);
    return this;
  }

  public LinkEnd<L> left() {
    return left;
  }

  public LinkEnd<R> right() {
    return right;
  }

  /** From now on nothing arrives, and nobody is told: a pulled cable. Nothing is lost by that. */
  public void cut() {
    left.cut(true);
    right.cut(true);
  }

  /** Ends a cut: what was on its way arrives. */
  public void heal() {
    left.cut(false);
    right.cut(false);
  }

  /** The connection breaks: what is on its way or unread is lost, and both engines are told. */
  public void reset() {
    left.reset();
    right.reset();
  }

  /**
   * Drives both engines until neither has anything to do and nothing is on its way. Time moves only
   * as far as bytes need to arrive.
   */
  public void runUntilIdle() {
    left.wake().changed();
    right.wake().changed();
    clock.run();
    while (left.hasBytesComing() || right.hasBytesComing()) {
      clock.advanceTo(clock.nextMillis());
    }
  }

  /** Drives both engines while time moves on. */
  public void advance(long millis) {
    left.wake().changed();
    right.wake().changed();
    clock.advance(millis);
  }
}
