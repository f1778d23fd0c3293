package io.culvert.benchmarks.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.SharedSecret;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;

/** Messages whose body has 256 bytes. */
final class Sample {
  static final int BODY_BYTES = 256;
  static final String URI = "news";
  static final Bytes SECRET = Bytes.utf8("the secret of the benchmarks");

  private Sample() {}

  static Message message(Dialect dialect, MessageType type) {
    int content = BODY_BYTES - dialect.uriLengthBytes() - URI.length();
    return Message.of(type, URI, "x".repeat(content));
  }

  /** Without a window: what was signed once may be sent again, as netaio 0.0.2 does. */
  static AuthPlugin auth(Dialect dialect) {
    return SharedSecret.of(SECRET.toUtf8(), dialect);
  }

  static Bytes signed(Dialect dialect, Message message) {
    MessageCodec codec = MessageCodec.of(dialect);
    return codec.encode(auth(dialect).make(message, codec.body(message)));
  }
}
