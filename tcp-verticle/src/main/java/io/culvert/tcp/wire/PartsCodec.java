package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import java.util.zip.CRC32;

/** A message codec that is put together of three. */
record PartsCodec(HeaderCodec headers, AuthFieldsCodec authFields, BodyCodec bodies)
    implements MessageCodec {
  @Override
  public int headerLength() {
    return headers.headerLength();
  }

  @Override
  public Header header(ByteReader reader) {
    return headers.decode(reader);
  }

  @Override
  public Frame frame(Header header, Bytes rest) {
    AuthFields auth = authFields.decode(rest.slice(0, header.authLength()));
    Bytes body = rest.slice(header.authLength(), header.authLength() + header.bodyLength());
    BodyCodec.Body parts = bodies.decode(body);
    return new Frame(
        new Message(header.type(), parts.uri(), parts.content(), auth),
        body,
        checksum(body) == header.checksum());
  }

  @Override
  public Bytes body(Message message) {
    return bodies.encode(message.uri(), message.content());
  }

  @Override
  public Bytes encode(Message message, Bytes body) {
    Bytes auth = authFields.encode(message.auth());
    Header header = new Header(message.type(), auth.length(), body.length(), checksum(body));
    int headerLength = headers.headerLength();
    byte[] frame = new byte[headerLength + auth.length() + body.length()];
    headers.encode(header, frame, 0);
    auth.copyTo(frame, headerLength);
    body.copyTo(frame, headerLength + auth.length());
    return Bytes.wrap(frame);
  }

  private static long checksum(Bytes body) {
    CRC32 crc = new CRC32();
    crc.update(body.array(), body.start(), body.length());
    return crc.getValue();
  }
}
