package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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

  private final FrameHmac hmac;
  private final Dialect dialect;
  private final Supplier<Bytes> nonces;
  private final LongSupplier unixSeconds;
  private final @Nullable Freshness freshness;

  /**
   * @param nonces 16 bytes that were never there before
   * @param unixSeconds the time of day
   * @param freshness what is refused although the HMAC is right, or null for nothing
   */
  public HmacAuth(
      Bytes secret,
      Dialect dialect,
      Supplier<Bytes> nonces,
      LongSupplier unixSeconds,
      @Nullable Freshness freshness) {
    this.hmac = FrameHmac.of(dialect.hmac(), secret);
    this.dialect = dialect;
    this.nonces = nonces;
    this.unixSeconds = unixSeconds;
    this.freshness = freshness;
  }

  @Override
  public Message make(Message message, Bytes body) {
    AuthFields fields = message.auth();
    Bytes nonce = nonceOf(fields);
    if (nonce == null) {
      nonce = nonces.get();
    }
    AuthValue given = fields.get(TIME);
    Bytes time = given == null ? null : timeOf(given);
    if (time == null) {
      time = bytes(unixSeconds.getAsLong());
    }
    AuthValue sent =
        switch (dialect.hmac()) {
          case H2 -> new AuthValue.Whole(PackCursor.unsigned(time));
          case H9 -> AuthValue.of(time);
        };
    Bytes made = Bytes.wrap(hmac.of(nonce, time, body));
    if (freshness != null) {
      freshness.remember(PackCursor.unsigned(time).longValue(), made, unixSeconds.getAsLong());
    }
    return message.withAuth(
        fields.with(TIME, sent).with(NONCE, AuthValue.of(nonce)).with(HMAC, AuthValue.of(made)));
  }

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
    byte[] right = hmac.of(nonceBytes.bytes(), seconds, body);
    if (!MessageDigest.isEqual(right, hmacBytes.bytes().toByteArray())) { // in constant time
      return Verdict.INVALID;
    }
    return freshness == null
        ? Verdict.VALID
        : freshness.accept(
            PackCursor.unsigned(seconds).longValue(), hmacBytes.bytes(), unixSeconds.getAsLong());
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
}
