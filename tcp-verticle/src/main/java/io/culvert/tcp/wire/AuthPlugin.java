package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/**
 * Signs messages and checks those of others. Called on the event loop of its server or client, so
 * it must not block.
 */
public interface AuthPlugin {
  /**
   * The message with its authentication fields.
   *
   * @param body of this message, as it will be sent
   */
  Message make(Message message, Bytes body);

  /**
   * Looks whether a message may pass.
   *
   * @param body of this message, as it came
   */
  Verdict check(Message message, Bytes body);

  /** What a peer is told whose message was not accepted; the URI may be replaced. */
  Message error();
}
