package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Signs with a shared secret, in the fields {@code nonce}, {@code ts} and {@code hmac}. Stricter
 * than the reference: nonces have exactly 16 bytes and a time is a number or four bytes, because
 * bytes can otherwise be moved between nonce, time and body without changing the HMAC. Belongs to
 * one server or client.
 */
public final class HmacAuth implements AuthPlugin {
  /**
   * Of a secret. It becomes a key by one hash, so whoever records a message can try a thousand
   * million secrets a second; sixteen bytes are the least that no list of words has.
   */
  public static final int MINIMUM_SECRET_BYTES = 16;

  static final String NONCE = "nonce";
  static final String TIME = "ts";
  static final String HMAC = "hmac";

  private static final int TIME_BYTES = 4;
  private static final long MAXIMUM_SECONDS = 0xffff_ffffL;

  private final Dialect dialect;
  private final NonceSource nonces;
  private final LongSupplier unixSeconds;
  private final @Nullable Freshness freshness;
  private FrameHmac hmac;
  private List<Ending> older = List.of();
  private long computed;

  /**
   * @param unixSeconds the time of day
   * @param freshness what is refused although the HMAC is right, or null for nothing
   */
  public HmacAuth(
      Secrets secrets,
      Dialect dialect,
      NonceSource nonces,
      LongSupplier unixSeconds,
      @Nullable Freshness freshness) {
    this.dialect = dialect;
    this.nonces = nonces;
    this.unixSeconds = unixSeconds;
    this.freshness = freshness;
    this.hmac = FrameHmac.of(dialect.hmac(), secrets.current());
    secrets(secrets);
  }

  /** From now on these: what comes and goes on connections that there are, too. */
  public void secrets(Secrets newest) {
    hmac = FrameHmac.of(dialect.hmac(), newest.current());
    older =
        newest.older().stream()
            .map(old -> new Ending(FrameHmac.of(dialect.hmac(), old.secret()), old.untilSeconds()))
            .toList();
  }

  /** HMACs that were computed until now. */
  public long computed() {
    return computed;
  }

  @Override
  public Message make(Message message, Bytes body) {
    AuthFields fields = message.auth();
    Bytes nonce = nonceOf(fields);
    if (nonce == null) {
      nonce = nonces.next();
    }
    AuthValue given = fields.get(TIME);
    Bytes time = given == null ? null : timeOf(given);
    if (time == null) {
      time = bytes(nameable(unixSeconds.getAsLong()));
    }
    AuthValue sent =
        switch (dialect.hmac()) {
          case H2 -> new AuthValue.Whole(PackCursor.unsigned(time));
          case H9 -> AuthValue.of(time);
        };
    Bytes made = Bytes.wrap(compute(hmac, nonce, time, body));
    return message.withAuth(
        fields.with(TIME, sent).with(NONCE, AuthValue.of(nonce)).with(HMAC, AuthValue.of(made)));
  }

  /** What is cheap comes first, so that a stranger has to guess a time to cost an HMAC. */
  @Override
  public Verdict check(Message message, Bytes body) {
    AuthFields fields = message.auth();
    if (!fields.isMapping()) {
      return Verdict.MALFORMED;
    }
    AuthValue time = fields.get(TIME);
    AuthValue nonce = fields.get(NONCE);
    AuthValue sent = fields.get(HMAC);
    if (isMissing(time) || isMissing(nonce) || isMissing(sent)) {
      return Verdict.INVALID;
    }
    if (!(nonce instanceof AuthValue.Octets nonceBytes)
        || !(sent instanceof AuthValue.Octets hmacBytes)
        || time == null
        || !isTime(time)) {
      return Verdict.MALFORMED;
    }
    Bytes seconds = timeOf(time);
    if (nonceBytes.bytes().length() != FrameHmac.NONCE_BYTES
        || hmacBytes.bytes().length() != FrameHmac.BYTES
        || seconds == null) {
      return Verdict.INVALID;
    }
    long nowSeconds = unixSeconds.getAsLong();
    long named = nearest(PackCursor.unsigned(seconds).intValue(), nowSeconds);
    if (freshness != null && freshness.isStale(named, nowSeconds)) {
      return Verdict.STALE;
    }
    if (!isRight(nonceBytes.bytes(), seconds, body, hmacBytes.bytes(), nowSeconds)) {
      return Verdict.INVALID;
    }
    if (nonces.isOwn(nonceBytes.bytes())) {
      return Verdict.REPLAYED;
    }
    return freshness == null
        ? Verdict.VALID
        : freshness.accept(named, hmacBytes.bytes(), nowSeconds);
  }

  private boolean isRight(Bytes nonce, Bytes time, Bytes body, Bytes sent, long nowSeconds) {
    byte[] claimed = sent.toByteArray();
    boolean right = MessageDigest.isEqual(compute(hmac, nonce, time, body), claimed);
    for (Ending old : older) {
      right =
          right
              || (nowSeconds < old.untilSeconds()
                  && MessageDigest.isEqual(compute(old.hmac(), nonce, time, body), claimed));
    }
    return right;
  }

  private byte[] compute(FrameHmac with, Bytes nonce, Bytes time, Bytes body) {
    computed++;
    return with.of(nonce, time, body);
  }

  /** The time that 32 bits of it mean now: they begin anew in 2106. */
  private static long nearest(int seconds, long nowSeconds) {
    return nowSeconds + (seconds - (int) nowSeconds);
  }

  /** No time at all would be a missing one. */
  private static long nameable(long seconds) {
    return (int) seconds == 0 ? seconds + 1 : seconds;
  }

  @Override
  public Message error() {
    return dialect.error("HMAC auth failed");
  }

  private static @Nullable Bytes nonceOf(AuthFields fields) {
    return fields.get(NONCE) instanceof AuthValue.Octets octets
            && octets.bytes().length() == FrameHmac.NONCE_BYTES
        ? octets.bytes()
        : null;
  }

  private static boolean isMissing(@Nullable AuthValue value) {
    return value == null
        || value instanceof AuthValue.Nothing
        || value instanceof AuthValue.Flag // a number to the reference, and never the right one
        || (value instanceof AuthValue.Whole whole && whole.value().signum() == 0);
  }

  /** Whether a peer may send this as its time, if it is the right one. */
  private boolean isTime(AuthValue value) {
    if (value instanceof AuthValue.Whole whole) {
      return whole.value().signum() > 0
          && whole.value().compareTo(BigInteger.valueOf(MAXIMUM_SECONDS)) <= 0;
    }
    return dialect.hmac() == HmacScheme.H9 && value instanceof AuthValue.Octets;
  }

  /** The four bytes of a time, or null where it has another form. */
  private static @Nullable Bytes timeOf(AuthValue value) {
    if (value instanceof AuthValue.Whole whole
        && whole.value().signum() >= 0
        && whole.value().bitLength() <= 32) {
      return bytes(whole.value().longValue());
    }
    return value instanceof AuthValue.Octets octets && octets.bytes().length() == TIME_BYTES
        ? octets.bytes()
        : null;
  }

  private static Bytes bytes(long seconds) {
    byte[] bytes = new byte[TIME_BYTES];
    for (int i = 0; i < TIME_BYTES; i++) {
      bytes[i] = (byte) (seconds >>> (24 - 8 * i));
    }
    return Bytes.wrap(bytes);
  }

  private record Ending(FrameHmac hmac, long untilSeconds) {}
}
