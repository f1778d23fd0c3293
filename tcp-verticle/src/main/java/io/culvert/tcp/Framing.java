package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * How one end writes and checks messages.
 *
 * @param auth signs and checks all of them, or null
 */
record Framing(MessageCodec codec, @Nullable AuthPlugin auth) {
  /**
   * @param codec or null for that of the dialect
   */
  static Framing of(Dialect dialect, @Nullable MessageCodec codec, @Nullable AuthPlugin auth) {
    return new Framing(codec == null ? MessageCodec.of(dialect) : codec, auth);
  }

  /**
   * @param inner signs, too, or null
   * @throws IllegalArgumentException if the message is too long
   */
  Bytes encode(Message message, boolean signed, @Nullable AuthPlugin inner) {
    Bytes body = codec.body(message);
    Message made = message;
    if (signed && auth != null) {
      made = auth.make(made, body);
    }
    if (signed && inner != null) {
      made = inner.make(made, body);
    }
    return codec.encode(made, body);
  }

  Verdict check(Frame frame) {
    return auth == null ? Verdict.VALID : auth.check(frame.message(), frame.body());
  }
}
