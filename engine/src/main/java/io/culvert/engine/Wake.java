package io.culvert.engine;

/**
 * How a driver learns that its engine has changed outside of a call that the driver made itself,
 * for example because another connection's message was put into this one's outbox. The driver marks
 * the connection dirty and flushes it once at the end of the pass.
 */
@FunctionalInterface
public interface Wake {
  /** For engines whose driver looks at the outbox after every call anyway. */
  Wake NOBODY = () -> {};

  /** Called on the engine's own thread, any number of times per pass; must be cheap. */
  void changed();
}
