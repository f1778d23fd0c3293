package io.culvert.runtime.driver;

import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Either end of a WebSocket: binary frames, whose borders mean nothing to the engine. */
final class WebSocketTransport extends VertxTransport {
  private static final short NORMAL = 1000; // RFC 6455 §7.4.1
  private static final short UNACCEPTABLE_DATA = 1003;
  private static final short INTERNAL_ERROR = 1011;

  private final WebSocket socket;
  private short closeCode = NORMAL;
  private boolean closing;
  private boolean paused;
  private boolean socketClosed;

  private WebSocketTransport(Endpoint<?, ?> endpoint, WebSocket socket) {
    super(endpoint, socket);
    this.socket = socket;
  }

  static void serve(Endpoint<?, ?> endpoint, WebSocket socket) {
    WebSocketTransport transport = new WebSocketTransport(endpoint, socket);
    socket.setWriteQueueMaxSize(Connection.WRITE_BYTES);
    socket.frameHandler(transport::frame);
    socket.exceptionHandler(transport::failed);
    socket.closeHandler(ignored -> transport.socketClosed());
    transport.open();
  }

  @Override
  public String transport() {
    return socket.isSsl() ? "wss" : "ws";
  }

  @Override
  public @Nullable SocketAddress remote() {
    return convert(socket.remoteAddress());
  }

  @Override
  public @Nullable SocketAddress local() {
    return convert(socket.localAddress());
  }

  @Override
  public @Nullable SSLSession tlsSession() {
    return socket.sslSession();
  }

  @Override
  public void reading(boolean on) {
    paused = !on;
    if (on) {
      socket.resume();
      if (socketClosed) { // behind the frames that waited for this
        endpoint.shard().context().runOnContext(ignored -> goneUnlessPaused());
      }
    } else {
      socket.pause();
    }
  }

  /** What came before the end waits in the socket while we do not read. */
  private void socketClosed() {
    socketClosed = true;
    changed(); // it may have waited for room
    goneUnlessPaused();
  }

  private void goneUnlessPaused() {
    if (!paused) {
      gone();
    }
  }

  @Override
  public void end() {
    // The closing handshake: the peer answers, and what it sends until then is read.
    closing = true;
    if (socketClosed) {
      gone();
    } else {
      socket.close(closeCode);
    }
  }

  /** After the peer's close frame, too: the close handler is called later. */
  @Override
  boolean isStreamClosed() {
    return socket.isClosed();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the close handler tells
  void closeStream() {
    if (socketClosed) {
      gone();
    } else if (closing || socket.isClosed() || socket.writeQueueFull()) {
      ((WebSocketInternal) socket).channelHandlerContext().close();
    } else {
      socket.close(INTERNAL_ERROR);
    }
  }

  private void frame(WebSocketFrame frame) {
    if (frame.isBinary() || frame.isContinuation()) {
      received(frame.binaryData());
    } else if (frame.isText()) {
      closeCode = UNACCEPTABLE_DATA;
      endConnection();
    }
  }

  private void failed(Throwable cause) {
    if (!(cause instanceof HttpClosedException)) { // that is told by the close handler, too
      broken(cause);
    }
  }
}
