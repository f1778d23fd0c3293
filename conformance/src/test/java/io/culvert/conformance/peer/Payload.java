package io.culvert.conformance.peer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Bytes with equality by content. */
public final class Payload {

  private static final int SHOWN_BYTES = 40;

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Payload of(byte[] bytes) {
    return new Payload(bytes.clone());
  }

  public static Payload of(String text) {
    return new Payload(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Payload empty() {
    return new Payload(new byte[0]);
  }

  /** Bytes without a pattern that a cut or a shift could hide in; the same for the same size. */
  public static Payload noise(int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new Random(sizeBytes).nextBytes(bytes);
    return new Payload(bytes);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length > SHOWN_BYTES
        ? bytes.length + " bytes, hash " + Integer.toHexString(hashCode())
        : "\"" + text() + "\"";
  }
}
