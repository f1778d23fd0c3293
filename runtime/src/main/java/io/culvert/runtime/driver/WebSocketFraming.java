package io.culvert.runtime.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Binary WebSocket messages, whose borders mean nothing to the engine. One per connection. */
final class WebSocketFraming implements Framing {
  private final WebSocketFrames frames = new WebSocketFrames();
  private int closeCode = WebSocketFrames.NORMAL;

  @Override
  public String name(boolean tls) {
    return tls ? "wss" : "ws";
  }

  @Override
  public void read(byte[] array, int length, TcpTransport transport) {
    frames.read(array, 0, length, new Reader(transport));
  }

  @Override
  public int headerBytes(int payloadLength) {
    return WebSocketFrames.headerBytes(payloadLength);
  }

  @Override
  public void header(int payloadLength, ByteBuf out) {
    WebSocketFrames.binaryHeader(out, payloadLength);
  }

  @Override
  public ByteBuf farewell() {
    return Unpooled.wrappedBuffer(WebSocketFrames.close(closeCode));
  }

  private final class Reader implements WebSocketFrames.Reader {
    private final TcpTransport transport;

    Reader(TcpTransport transport) {
      this.transport = transport;
    }

    @Override
    public void payload(byte[] array, int start, int length) {
      transport.received(array, start, length);
    }

    @Override
    public void ping(byte[] content) {
      transport.answer(Unpooled.wrappedBuffer(WebSocketFrames.pong(content)));
    }

    @Override
    public void closed(int code) {
      closeCode = code; // RFC 6455 §5.5.1: the answer usually tells the code that was received
      transport.peerEnded();
      transport.endConnection();
    }

    @Override
    public void refused(int code) {
      closeCode = code;
      transport.endConnection();
    }
  }
}
