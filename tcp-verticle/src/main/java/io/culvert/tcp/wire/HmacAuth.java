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

  private static final int TIME_BYTES = 4;
  private static final long MAXIMUM_SECONDS = 0xffff_ffffL;

  private final Dialect dialect;
  private final NonceSource nonces;
  private final LongSupplier unixSeconds;
  private final @Nullable Freshness freshness;
  private FrameHmac hmac;
  private List<Ending> older;
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
    this.older = endings(dialect.hmac(), secrets);
  }

  /** From now on these: what comes and goes on connections that there are, too. */
  public void secrets(Secrets newest) {
    hmac = FrameHmac.of(dialect.hmac(), newest.current());
    older = endings(dialect.hmac(), newest);
  }

  /** HMACs that were computed until now. */
  public long computed() {
    return computed;
  }

  @Override
  public Message make(Message message, Bytes body) {
    AuthFields fields = message.auth();
    boolean isNumber = dialect.hmac() == HmacScheme.H2;
    Signature old = fields.signature();
    if (old != null) {
      Signature made = signature(isNumber, old.nonce(), old.seconds(), body);
      return message.withAuth(AuthFields.of(made));
    }
    if (fields.isEmpty()) {
      return message.withAuth(AuthFields.of(signature(isNumber, nonces.next(), now(), body)));
    }
    Bytes nonce = nonceOf(fields);
    AuthValue given = fields.get(Signature.TIME);
    Bytes time = given == null ? null : timeOf(given);
    Signature made =
        signature(
            isNumber,
            nonce == null ? nonces.next() : nonce,
            time == null ? now() : PackCursor.unsigned(time).intValue(),
            body);
    return message.withAuth(
        fields
            .with(Signature.TIME, made.time())
            .with(Signature.NONCE, AuthValue.of(made.nonce()))
            .with(Signature.HMAC, AuthValue.of(made.hmac())));
  }

  private static List<Ending> endings(HmacScheme scheme, Secrets secrets) {
    return secrets.older().stream()
        .map(old -> new Ending(FrameHmac.of(scheme, old.secret()), old.untilSeconds()))
        .toList();
  }

  private Signature signature(boolean isNumber, Bytes nonce, int seconds, Bytes body) {
    byte[] made = compute(hmac, nonce, Signature.bytes(seconds), body);
    return new Signature(isNumber, seconds, nonce, Bytes.wrap(made));
  }

  /** No time at all would be a missing one. */
  private int now() {
    int seconds = (int) unixSeconds.getAsLong();
    return seconds == 0 ? 1 : seconds;
  }

  /** What is cheap comes first, so that a stranger has to guess a time to cost an HMAC. */
  @Override
  public Verdict check(Message message, Bytes body) {
    AuthFields fields = message.auth();
    Signature signature = fields.signature();
    return signature == null ? checkAny(fields, body) : checkUsual(signature, body);
  }

  private Verdict checkUsual(Signature signature, Bytes body) {
    if (signature.isNumber() && signature.seconds() == 0) {
      return Verdict.INVALID;
    }
    return !signature.isNumber() && dialect.hmac() == HmacScheme.H2
        ? Verdict.MALFORMED
        : check(signature.nonce(), signature.seconds(), signature.hmac(), body);
  }

  private Verdict checkAny(AuthFields fields, Bytes body) {
    if (!fields.isMapping()) {
      return Verdict.MALFORMED;
    }
    AuthValue time = fields.get(Signature.TIME);
    AuthValue nonce = fields.get(Signature.NONCE);
    AuthValue sent = fields.get(Signature.HMAC);
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
    return nonceBytes.bytes().length() != FrameHmac.NONCE_BYTES
            || hmacBytes.bytes().length() != FrameHmac.BYTES
            || seconds == null
        ? Verdict.INVALID
        : check(
            nonceBytes.bytes(), PackCursor.unsigned(seconds).intValue(), hmacBytes.bytes(), body);
  }

  private Verdict check(Bytes nonce, int seconds, Bytes sent, Bytes body) {
    long nowSeconds = unixSeconds.getAsLong();
    long named = nearest(seconds, nowSeconds);
    if (freshness != null && freshness.isStale(named, nowSeconds)) {
      return Verdict.STALE;
    }
    if (!isRight(nonce, Signature.bytes(seconds), body, sent, nowSeconds)) {
      return Verdict.INVALID;
    }
    if (nonces.isOwn(nonce)) {
      return Verdict.REPLAYED;
    }
    return freshness == null ? Verdict.VALID : freshness.accept(named, sent, nowSeconds);
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

  @Override
  public Message error() {
    return dialect.error("HMAC auth failed");
  }

  private static @Nullable Bytes nonceOf(AuthFields fields) {
    return fields.get(Signature.NONCE) instanceof AuthValue.Octets octets
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
      return Signature.bytes(whole.value().intValue());
    }
    return value instanceof AuthValue.Octets octets && octets.bytes().length() == TIME_BYTES
        ? octets.bytes()
        : null;
  }

  private record Ending(FrameHmac hmac, long untilSeconds) {}
}
