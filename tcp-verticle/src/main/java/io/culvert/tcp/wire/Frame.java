package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/**
 * A message as it came.
 *
 * @param body the bytes that the HMAC covers
 * @param intact whether the checksum is that of the body
 */
public record Frame(Message message, Bytes body, boolean intact) {}
