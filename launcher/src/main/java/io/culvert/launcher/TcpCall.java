package io.culvert.launcher;

import io.culvert.tcp.TcpClient;
import io.culvert.tcp.TcpClientOptions;
import io.culvert.tcp.TcpPeer;
import io.culvert.tcp.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** Sends one message; it is deployed when it has its answer, if it waits for one. */
final class TcpCall extends VerticleBase {
  private final String host;
  private final int port;
  private final TcpClientOptions options;
  private final Message message;
  private final boolean waits;
  private volatile @Nullable Message answer;
  private @Nullable TcpClient client;

  TcpCall(String host, int port, TcpClientOptions options, Message message, boolean waits) {
    this.host = host;
    this.port = port;
    this.options = options;
    this.message = message;
    this.waits = waits;
  }

  @Override
  public Future<?> start() {
    TcpClient created = TcpClient.create(vertx, options);
    client = created;
    return connect(created, host, port)
        .compose(server -> waits ? request(created) : send(created, server));
  }

  /** A failure names what was to be reached. */
  static Future<TcpPeer> connect(TcpClient client, String host, int port) {
    return client
        .connect(host, port)
        .recover(
            failure ->
                Future.failedFuture(
                    "%s:%d cannot be reached: %s".formatted(host, port, failure.getMessage())));
  }

  @Override
  public Future<?> stop() {
    // What was sent leaves before the end of the stream; nobody waits for more.
    return client == null || !waits ? Future.succeededFuture() : client.close();
  }

  private Future<Void> request(TcpClient connected) {
    return connected.request(message).onSuccess(received -> answer = received).mapEmpty();
  }

  private Future<Void> send(TcpClient connected, TcpPeer server) {
    return connected.send(message).onSuccess(sent -> server.close());
  }

  @Nullable Message answer() {
    return answer;
  }
}
