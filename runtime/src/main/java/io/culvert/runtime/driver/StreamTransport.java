package io.culvert.runtime.driver;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Any pair of Vert.x byte streams, for example of the same process. */
final class StreamTransport extends VertxTransport {
  private final ReadStream<Buffer> in;
  private final WriteStream<Buffer> out;
  private final Runnable close;
  private boolean outputEnded;
  private boolean inputEnded;

  private StreamTransport(
      Endpoint<?, ?> endpoint, ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    super(endpoint, out);
    this.in = in;
    this.out = out;
    this.close = close;
  }

  static void attach(
      Endpoint<?, ?> endpoint, ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    StreamTransport transport = new StreamTransport(endpoint, in, out, close);
    in.exceptionHandler(transport::broken);
    out.exceptionHandler(transport::broken);
    transport.open();
    in.endHandler(ignored -> transport.ended());
    in.handler(transport::received); // last: a stream may deliver at once
  }

  @Override
  public String transport() {
    return "stream";
  }

  @Override
  public @Nullable SocketAddress remote() {
    return null;
  }

  @Override
  public @Nullable SocketAddress local() {
    return null;
  }

  @Override
  public void reading(boolean on) {
    if (on) {
      in.resume();
    } else {
      in.pause();
    }
  }

  @Override
  public void end() {
    out.end()
        .onComplete(
            done -> {
              outputEnded = true;
              closeWhenBothEnded();
            });
  }

  @Override
  void closeStream() {
    close.run();
    gone();
  }

  private void ended() {
    inputEnded = true;
    inputEnded();
    closeWhenBothEnded();
  }

  private void closeWhenBothEnded() {
    if (inputEnded && outputEnded) {
      close();
    }
  }
}
