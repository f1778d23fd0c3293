package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Freshness;
import io.culvert.tcp.wire.HmacAuth;
import io.culvert.tcp.wire.NonceSource;
import io.culvert.tcp.wire.Secrets;
import org.jspecify.annotations.Nullable;

/** Makes the plug-in that signs with a secret which both ends have. */
public final class SharedSecret {
  /** What {@link #of(String, Dialect)} takes. */
  public static final int MINIMUM_BYTES = HmacAuth.MINIMUM_SECRET_BYTES;

  private SharedSecret() {}

  /**
   * Signs and checks; refuses nothing for its age.
   *
   * @param secret in UTF-8
   * @throws IllegalArgumentException if the secret has fewer than 16 bytes
   */
  public static AuthPlugin of(String secret, Dialect dialect) {
    return of(secret, dialect, 0, 0);
  }

  /**
   * Refuses, too, what is older or newer than a window, and what has come before.
   *
   * @param windowSeconds 0 for no window
   * @param remembered messages within the window
   * @throws IllegalArgumentException as above, or if peers of the dialect send everything with the
   *     same time
   */
  public static AuthPlugin of(String secret, Dialect dialect, long windowSeconds, int remembered) {
    Bytes bytes = Bytes.utf8(secret);
    if (bytes.length() < MINIMUM_BYTES) {
      throw new IllegalArgumentException(
          "a secret of %d bytes is too short: it needs %d"
              .formatted(bytes.length(), MINIMUM_BYTES));
    }
    if (windowSeconds > 0 && !dialect.signsEachMessageAnew()) {
      throw new IllegalArgumentException(
          "peers of the dialect %s sign all messages of a process with one time and nonce, so a"
                  .formatted(dialect.id())
              + " window would refuse them");
    }
    Freshness freshness = windowSeconds == 0 ? null : new Freshness(windowSeconds, remembered);
    return plugin(Secrets.of(bytes), dialect, new Nonces(freshness != null), freshness);
  }

  /**
   * As a service has it: with secrets that may change, and a window that begins now, because what
   * was here before it began is not known. What it has signed itself is refused in any dialect.
   *
   * @param windowSeconds 0 for no window
   * @param remembered messages within the window
   */
  static HmacAuth ofService(Secrets secrets, Dialect dialect, long windowSeconds, int remembered) {
    return plugin(
        secrets,
        dialect,
        new Nonces(/* knowsOwn= */ true),
        windowSeconds == 0
            ? null
            : new Freshness(windowSeconds, remembered, UnixClock.nowSeconds()));
  }

  /** With a secret of any length, for trying things out; an empty one is refused still. */
  public static AuthPlugin forTrials(String secret, Dialect dialect) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("the secret is empty");
    }
    return plugin(Secrets.of(Bytes.utf8(secret)), dialect, new Nonces(/* knowsOwn= */ false), null);
  }

  private static HmacAuth plugin(
      Secrets secrets, Dialect dialect, NonceSource nonces, @Nullable Freshness freshness) {
    return new HmacAuth(secrets, dialect, nonces, UnixClock::nowSeconds, freshness);
  }
}
