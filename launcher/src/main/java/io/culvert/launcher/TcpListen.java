package io.culvert.launcher;

import io.culvert.runtime.bus.TcpFailure;
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
  private final Console console;
  private final Ending ending;
  private @Nullable TcpClient client;

  TcpListen(
      String host,
      int port,
      TcpClientOptions options,
      List<String> uris,
      Console console,
      Ending ending) {
    this.host = host;
    this.port = port;
    this.options = options;
    this.uris = List.copyOf(uris);
    this.console = console;
    this.ending = ending;
  }

  @Override
  public Future<?> start() {
    TcpClient created =
        TcpClient.create(
            vertx,
            options.reconnectMillis(RECONNECT_MILLIS),
            new Handlers().otherwise(this::print));
    client = created;
    return TcpCall.connect(created, host, port)
        .compose(server -> subscribe(created))
        .compose(done -> created.receiveAll(true))
        .onSuccess(
            done ->
                created.onConnected(
                    again ->
                        subscribe(created)
                            .onFailure(
                                failure ->
                                    console
                                        .err()
                                        .println("not subscribed: " + failure.getMessage()))));
  }

  @Override
  public Future<?> stop() {
    return client == null ? Future.succeededFuture() : client.close();
  }

  private Future<Void> subscribe(TcpClient connected) {
    return Future.all(uris.stream().map(uri -> subscribe(connected, uri)).toList()).mapEmpty();
  }

  /** An answer that says no is a failure: nothing would ever come. */
  private static Future<Void> subscribe(TcpClient connected, String uri) {
    return connected
        .subscribe(uri)
        .compose(
            answer ->
                answer.type().isError()
                    ? Future.failedFuture(
                        TcpFailure.REFUSED.because(
                            "%s is not subscribed: the server answers %s \"%s\""
                                .formatted(
                                    uri, answer.type(), Printable.text(answer.content().toUtf8()))))
                    : Future.succeededFuture());
  }

  private Reply print(Message message, TcpPeer server) {
    PrintStream out = console.out();
    out.println(
        "%s %s %s"
            .formatted(
                message.type(),
                Printable.text(message.uri().toUtf8()),
                Printable.text(message.content().toUtf8())));
    if (!console.hasTaken()) {
      ending.cannotGoOn(Console.closed("Not all that came is printed."));
    }
    return Reply.none();
  }
}
