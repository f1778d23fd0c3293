package io.culvert.tcp;

import io.culvert.engine.ByteReader;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Header;
import io.culvert.tcp.wire.HeaderCodec;
import io.culvert.tcp.wire.PlainHeader;

/** A header of an application's own: three bytes of its own before the usual ones. */
final class TwelveByteHeader implements HeaderCodec {
  private static final int OWN_BYTES = 3;

  private final PlainHeader rest = new PlainHeader(Dialect.DEFAULT.types());

  @Override
  public int headerLength() {
    return OWN_BYTES + PlainHeader.LENGTH;
  }

  @Override
  public void encode(Header header, byte[] target, int at) {
    target[at] = 'o';
    target[at + 1] = 'w';
    target[at + 2] = 'n';
    rest.encode(header, target, at + OWN_BYTES);
  }

  @Override
  public Header decode(ByteReader reader) {
    for (int i = 0; i < OWN_BYTES; i++) {
      reader.u8();
    }
    return rest.decode(reader);
  }
}
