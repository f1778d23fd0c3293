package io.culvert.launcher;

import io.culvert.runtime.log.Printable;
import io.culvert.tcp.Handlers;
import io.culvert.tcp.Reply;
import io.culvert.tcp.TcpClient;
import io.culvert.tcp.TcpClientOptions;
import io.culvert.tcp.TcpPeer;
import io.culvert.tcp.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subscribes, and prints what comes: type, URI and content, one message a line. */
final class TcpListen extends VerticleBase {
  private static final long RECONNECT_MILLIS = 500;

  private final String host;
  private final int port;
  private final TcpClientOptions options;
  private final List<String> uris;
  private final PrintStream out;
  private @Nullable TcpClient client;

  TcpListen(String host, int port, TcpClientOptions options, List<String> uris, PrintStream out) {
    this.host = host;
    this.port = port;
    this.options = options;
    this.uris = List.copyOf(uris);
    this.out = out;
  }

  @Override
  public Future<?> start() {
    TcpClient created =
        TcpClient.create(
            vertx,
            options.reconnectMillis(RECONNECT_MILLIS),
            new Handlers().otherwise(this::print));
    client = created;
    return created
        .connect(host, port)
        .compose(server -> subscribe(created))
        .compose(done -> created.receiveAll(true))
        .onSuccess(
            done ->
                created.onConnected(
                    again ->
                        subscribe(created)
                            .onFailure(failure -> out.println("not subscribed: " + failure))));
  }

  @Override
  public Future<?> stop() {
    return client == null ? Future.succeededFuture() : client.close();
  }

  private Future<Void> subscribe(TcpClient connected) {
    return Future.all(uris.stream().map(connected::subscribe).toList()).mapEmpty();
  }

  private Reply print(Message message, TcpPeer server) {
    out.println(
        "%s %s %s"
            .formatted(
                message.type(),
                Printable.text(message.uri().toUtf8()),
                Printable.text(message.content().toUtf8())));
    out.flush();
    return Reply.none();
  }
}
