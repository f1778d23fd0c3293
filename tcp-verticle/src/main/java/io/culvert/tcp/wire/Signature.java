package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/**
 * What a signed message has in its authentication fields, where it has nothing else.
 *
 * @param isNumber whether the time stands there as a number, else as four bytes
 * @param seconds the 32 bits of the time
 * @param nonce of 16 bytes
 * @param hmac of 32 bytes
 */
record Signature(boolean isNumber, int seconds, Bytes nonce, Bytes hmac) {
  static final String NONCE = "nonce";
  static final String TIME = "ts";
  static final String HMAC = "hmac";

  /** The time as it stands there. */
  AuthValue time() {
    return isNumber ? AuthValue.of(Integer.toUnsignedLong(seconds)) : AuthValue.of(bytes(seconds));
  }

  /** Four bytes, as each version takes a time into the hash. */
  static Bytes bytes(int seconds) {
    byte[] bytes = new byte[4];
    write(seconds, bytes, 0);
    return Bytes.wrap(bytes);
  }

  static void write(int seconds, byte[] target, int at) {
    target[at] = (byte) (seconds >>> 24);
    target[at + 1] = (byte) (seconds >>> 16);
    target[at + 2] = (byte) (seconds >>> 8);
    target[at + 3] = (byte) seconds;
  }
}
