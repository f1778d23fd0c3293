package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The section of a message that has a {@link Signature} and nothing else, as nearly all have: its
 * bytes are the same but for the three values, so it is read and written without a look at each.
 * What has another form is left to the codec that this one was made with. Immutable.
 */
final class SignedForm {
  private static final int TIME_BYTES = 4;

  /** Values of these bytes are found in what the codec has made of them. */
  private static final byte TIME_MARK = (byte) 0xa1;

  private static final int TIME_MARKS = 0xa1a1a1a1;

  private static final byte NONCE_MARK = (byte) 0xa2;
  private static final byte HMAC_MARK = (byte) 0xa3;

  private final byte[] form;
  private final boolean isNumber;
  private final int timeAt;
  private final int nonceAt;
  private final int hmacAt;

  private SignedForm(byte[] form, boolean isNumber) {
    this.form = form;
    this.isNumber = isNumber;
    this.timeAt = find(form, TIME_MARK, TIME_BYTES);
    this.nonceAt = find(form, NONCE_MARK, FrameHmac.NONCE_BYTES);
    this.hmacAt = find(form, HMAC_MARK, FrameHmac.BYTES);
  }

  /**
   * That of a codec.
   *
   * @param encode writes any value
   * @param isNumber whether times are numbers in it
   */
  static SignedForm of(Function<AuthValue, byte[]> encode, boolean isNumber) {
    Signature marked =
        new Signature(
            isNumber,
            TIME_MARKS,
            Bytes.wrap(filled(NONCE_MARK, FrameHmac.NONCE_BYTES)),
            Bytes.wrap(filled(HMAC_MARK, FrameHmac.BYTES)));
    return new SignedForm(encode.apply(AuthFields.of(marked).root()), isNumber);
  }

  /** The fields of a section of this form; null where it has another. */
  @Nullable AuthFields read(Bytes section) {
    if (section.length() != form.length || !isOfThisForm(section)) {
      return null;
    }
    int seconds = 0;
    for (int i = 0; i < TIME_BYTES; i++) {
      seconds = seconds << 8 | section.get(timeAt + i);
    }
    return AuthFields.of(
        new Signature(
            isNumber,
            seconds,
            section.slice(nonceAt, nonceAt + FrameHmac.NONCE_BYTES),
            section.slice(hmacAt, hmacAt + FrameHmac.BYTES)));
  }

  /** The section of these fields; null where they need another form. */
  @Nullable Bytes write(Signature signature) {
    boolean isShorter = isNumber && signature.seconds() >>> 16 == 0; // in some dialects
    if (isShorter
        || signature.isNumber() != isNumber
        || signature.nonce().length() != FrameHmac.NONCE_BYTES
        || signature.hmac().length() != FrameHmac.BYTES) {
      return null;
    }
    byte[] section = form.clone();
    Signature.write(signature.seconds(), section, timeAt);
    signature.nonce().copyTo(section, nonceAt);
    signature.hmac().copyTo(section, hmacAt);
    return Bytes.wrap(section);
  }

  private boolean isOfThisForm(Bytes section) {
    byte[] array = section.array();
    int start = section.start();
    for (int i = 0; i < form.length; i++) {
      if (i == timeAt) {
        i += TIME_BYTES - 1;
      } else if (i == nonceAt) {
        i += FrameHmac.NONCE_BYTES - 1;
      } else if (i == hmacAt) {
        i += FrameHmac.BYTES - 1;
      } else if (array[start + i] != form[i]) {
        return false;
      }
    }
    return true;
  }

  private static int find(byte[] form, byte mark, int length) {
    for (int at = 0; at + length <= form.length; at++) {
      if (Arrays.equals(form, at, at + length, filled(mark, length), 0, length)) {
        return at;
      }
    }
    throw new IllegalStateException("the codec does not write values as they are");
  }

  private static byte[] filled(byte mark, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, mark);
    return bytes;
  }
}
