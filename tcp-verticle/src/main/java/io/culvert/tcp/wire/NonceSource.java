package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/** Where the nonces of signed messages come from. */
@FunctionalInterface
public interface NonceSource {
  /** 16 bytes that were never there before. */
  Bytes next();

  /**
   * Whether this very source has made the nonce: a message that has it is our own, which somebody
   * sends back. Sources that cannot tell say no.
   */
  default boolean isOwn(Bytes nonce) {
    return false;
  }
}
