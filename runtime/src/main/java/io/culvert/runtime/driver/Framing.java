package io.culvert.runtime.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** What stands between the bytes of a channel and the bytes of an engine. */
interface Framing {
  /** Nothing. */
  Framing NONE =
      new Framing() {
        @Override
        public String name(boolean tls) {
          return tls ? "tls" : "tcp";
        }

        @Override
        public void read(byte[] array, int length, TcpTransport transport) {
          transport.received(array, 0, length);
        }

        @Override
        public int headerBytes(int payloadLength) {
          return 0;
        }

        @Override
        public void header(int payloadLength, ByteBuf out) {}

        @Override
        public ByteBuf farewell() {
          return Unpooled.EMPTY_BUFFER;
        }
      };

  /** The name of the transport. */
  String name(boolean tls);

  /** Bytes have come; they may be changed in place. */
  void read(byte[] array, int length, TcpTransport transport);

  /** How long the header before so many bytes is. */
  int headerBytes(int payloadLength);

  /** Writes that header. */
  void header(int payloadLength, ByteBuf out);

  /** What is sent last. */
  ByteBuf farewell();
}
