package io.culvert.runtime.driver;

import io.culvert.engine.Outbox;

/**
 * The socket side of a {@link Connection}. It reports to the connection: bytes, end of input, room
 * to write, and once, at last, that the socket is gone.
 */
interface Transport extends Peer {
  /** Whether more may be written; when this becomes true again, the connection is woken. */
  boolean isWritable();

  /** Takes at most {@code limitBytes} from the outbox, for the next {@link #flush}. */
  int write(Outbox outbox, int limitBytes);

  /** Sends what was written. */
  void flush();

  /** Pauses or resumes reading. Bytes that were read already may still come. */
  void reading(boolean on);

  /**
   * Nothing more will be written: when all has been sent, ends the output and closes when the peer
   * has closed too. What comes in until then is thrown away.
   */
  void end();

  /** Closes at once. */
  void close();
}
