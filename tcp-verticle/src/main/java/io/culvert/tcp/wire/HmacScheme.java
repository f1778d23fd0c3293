package io.culvert.tcp.wire;

/** What the HMAC of a dialect covers, and with which key. */
public enum HmacScheme {
  /** Nonce, time and body; the key depends on the secret and on whether all that is short. */
  H2,
  /** Time and body; the key depends on secret and nonce. */
  H9
}
