package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.FrameHmac;
import io.culvert.tcp.wire.NonceSource;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Makes nonces that are never the same and that it knows again without remembering them: the second
 * half follows from the first and a number that nobody else has. Another's nonce is taken for an
 * own one once in 2<sup>64</sup> times. A nonce needs to be new, not to be hard to guess: whoever
 * guesses one cannot sign with it, and whoever copies an own one is refused, as intended.
 */
final class Nonces implements NonceSource {
  /** 2<sup>64</sup> by the golden ratio: the steps of {@link java.util.SplittableRandom}. */
  private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

  private final boolean knowsOwn;
  private final long own;
  private long state;

  /**
   * @param knowsOwn whether it looks for its own; a client must not where servers of netaio answer
   *     with the very message that they have got, nonce included
   */
  Nonces(boolean knowsOwn) {
    SecureRandom random = new SecureRandom();
    this.knowsOwn = knowsOwn;
    this.own = random.nextLong();
    this.state = random.nextLong();
  }

  @Override
  public Bytes next() {
    long first = mixed(nextState());
    return Bytes.wrap(
        ByteBuffer.allocate(FrameHmac.NONCE_BYTES)
            .putLong(first)
            .putLong(mixed(first ^ own))
            .array());
  }

  @Override
  public boolean isOwn(Bytes nonce) {
    if (!knowsOwn) {
      return false;
    }
    ByteBuffer both = ByteBuffer.wrap(nonce.array(), nonce.start(), nonce.length());
    long first = both.getLong();
    return both.getLong() == mixed(first ^ own);
  }

  private synchronized long nextState() {
    state += STEP;
    return state;
  }

  /** Each number becomes another one, so that different ones stay different. */
  private static long mixed(long number) {
    long mixed = (number ^ number >>> 30) * 0xbf58_476d_1ce4_e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
    return mixed ^ mixed >>> 31;
  }
}
