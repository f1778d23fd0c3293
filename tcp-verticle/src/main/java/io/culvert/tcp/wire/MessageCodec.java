package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;

/**
 * How messages become frames: header, authentication fields and body, one behind the other.
 * Implementations keep no state.
 */
public interface MessageCodec {
  /** What a dialect prescribes. */
  static MessageCodec of(Dialect dialect) {
    return of(new PlainHeader(dialect.types()), dialect.authFields(), PlainBody.of(dialect));
  }

  /** One of replaced parts. */
  static MessageCodec of(HeaderCodec header, AuthFieldsCodec authFields, BodyCodec body) {
    return new PartsCodec(header, authFields, body);
  }

  /** Bytes of every header. */
  int headerLength();

  /**
   * Reads a header.
   *
   * @throws FrameViolation if the peer must not send that
   */
  Header header(ByteReader reader);

  /**
   * Reads what follows a header.
   *
   * @param rest authentication fields and body, which the frame may refer to
   * @throws FrameViolation if the peer must not send that
   */
  Frame frame(Header header, Bytes rest);

  /**
   * The bytes that the HMAC covers.
   *
   * @throws IllegalArgumentException if the message is too long
   */
  Bytes body(Message message);

  /**
   * The whole frame.
   *
   * @param body of this message
   * @throws IllegalArgumentException if the message is too long
   */
  Bytes encode(Message message, Bytes body);

  /** The whole frame. */
  default Bytes encode(Message message) {
    return encode(message, body(message));
  }
}
