package io.culvert.rpc.protocol;

import java.util.Set;

/** Where this side is deliberately not like the reference; see docs/intended-oddities.md. */
public final class Oddities {
  /** Peers before version 0.2 wrote methods as numbers, and the reference refuses those now. */
  public static final Set<String> INTEGER_METHODS_READ =
      Set.of(
          "payload/method-int-1",
          "payload/method-int-2",
          "payload/method-int-3",
          "payload/method-int-4");

  /** The reference takes true for 1 and false for 0 in bodies. */
  public static final Set<String> BOOLEANS_KEPT = Set.of("payload/body-true", "payload/body-false");

  private Oddities() {}
}
