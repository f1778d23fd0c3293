package io.culvert.tcp;

import io.culvert.tcp.wire.Message;

/**
 * Handles the messages of a key. Called on the event loop; must not block. A client's handler makes
 * the result of its receive call; what it answers is not sent.
 */
@FunctionalInterface
public interface MessageHandler {
  /**
   * Handles one message.
   *
   * @param peer who has sent it, for other messages than the answer
   */
  Reply handle(Message message, TcpPeer peer);
}
