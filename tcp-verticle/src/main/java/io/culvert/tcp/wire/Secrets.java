package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.util.List;

/**
 * What messages are signed with, and what else is still taken while peers change to it.
 *
 * @param current signs, and is taken
 * @param older are taken for a time
 */
public record Secrets(Bytes current, List<Older> older) {
  /** Each costs a forged message one more HMAC, and nobody changes more often. */
  public static final int MOST_OLDER = 3;

  public Secrets {
    older = List.copyOf(older);
    if (older.size() > MOST_OLDER) {
      throw new IllegalArgumentException(
          "%d older secrets; at most %d are taken".formatted(older.size(), MOST_OLDER));
    }
  }

  public static Secrets of(Bytes current) {
    return new Secrets(current, List.of());
  }

  /** Never the secrets: this may stand in a log. */
  @Override
  public String toString() {
    return "Secrets[1 and %d older]".formatted(older.size());
  }

  /**
   * A secret that ends.
   *
   * @param untilSeconds the first second, since 1970, in which it is not taken any more
   */
  public record Older(Bytes secret, long untilSeconds) {
    /** Never the secret: this may stand in a log. */
    @Override
    public String toString() {
      return "Older[until " + untilSeconds + "]";
    }
  }
}
