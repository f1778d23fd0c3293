package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;

/**
 * The body of all dialects: length of the URI, URI, content.
 *
 * @param uriLengthBytes 2 or 4
 * @param maximumUriAndContentBytes that are written; more is read
 */
public record PlainBody(int uriLengthBytes, int maximumUriAndContentBytes) implements BodyCodec {
  public static PlainBody of(Dialect dialect) {
    return new PlainBody(dialect.uriLengthBytes(), dialect.maximumUriAndContentBytes());
  }

  @Override
  public Bytes encode(Bytes uri, Bytes content) {
    int length = uri.length() + content.length();
    if (length > maximumUriAndContentBytes) {
      throw new IllegalArgumentException(
          "URI and content have %d bytes; a message has room for %d"
              .formatted(length, maximumUriAndContentBytes));
    }
    byte[] body = new byte[uriLengthBytes + length];
    for (int i = 0; i < uriLengthBytes; i++) {
      body[i] = (byte) (uri.length() >>> (8 * (uriLengthBytes - 1 - i)));
    }
    uri.copyTo(body, uriLengthBytes);
    content.copyTo(body, uriLengthBytes + uri.length());
    return Bytes.wrap(body);
  }

  @Override
  public Body decode(Bytes encoded) {
    if (encoded.length() < uriLengthBytes) {
      throw new FrameViolation(
          "the body has %d bytes and no room for the length of its URI"
              .formatted(encoded.length()));
    }
    long uriLength = 0;
    for (int i = 0; i < uriLengthBytes; i++) {
      uriLength = uriLength << 8 | encoded.get(i);
    }
    long end = uriLengthBytes + uriLength;
    if (end > encoded.length()) {
      throw new FrameViolation(
          "the URI shall have %d bytes, and %d are left of the body"
              .formatted(uriLength, encoded.length() - uriLengthBytes));
    }
    return new Body(
        encoded.slice(uriLengthBytes, (int) end), encoded.slice((int) end, encoded.length()));
  }
}
