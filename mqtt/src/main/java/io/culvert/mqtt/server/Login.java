package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * What whoever let a client in knows of it.
 *
 * @param userName who it has proven to be, or null where it had nothing to prove
 * @param granted what it may do according to that, or null where that says nothing; for this
 *     session alone
 * @param endsAtMillis when its connection ends, because the proof is good for so long; {@link
 *     Engine#NO_DEADLINE} for never
 * @param endsSession whether its session ends then, too
 */
public record Login(
    @Nullable String userName,
    @Nullable Permissions granted,
    long endsAtMillis,
    boolean endsSession) {

  /** One that lasts, and grants nothing in particular. */
  public static Login of(@Nullable String userName) {
    return new Login(userName, null, Engine.NO_DEADLINE, false);
  }
}
