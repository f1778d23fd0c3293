package io.culvert.tcp.wire;

/** What a check of authentication fields has found. */
public enum Verdict {
  /** The message comes from somebody who has the secret. */
  VALID,
  /** It does not, or fields are missing. */
  INVALID,
  /** It does, and is older or newer than messages may be. */
  STALE,
  /** It does, and was here before. */
  REPLAYED,
  /** Fields have types that no peer sends. Ends the connection. */
  MALFORMED
}
