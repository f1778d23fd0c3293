package io.culvert.benchmarks.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.PublishSubscribe;
import io.culvert.tcp.Reply;
import io.culvert.tcp.TcpServer;
import io.culvert.tcp.TcpServerOptions;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * A server whose CPU is measured, on one event loop: {@code echo} sends back what comes, {@code
 * all} sends it to everybody who is connected, and the id of a dialect is the TCP message service.
 * Prints its port.
 */
final class SpeedServer {
  private SpeedServer() {}

  public static void main(String[] args) {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    vertx.runOnContext(
        now ->
            listen(vertx, args[0])
                .onSuccess(System.out::println)
                .onFailure(
                    failure -> {
                      System.err.println(failure);
                      System.exit(1);
                    }));
  }

  private static Future<Integer> listen(Vertx vertx, String kind) {
    return switch (kind) {
      case "echo" -> plain(vertx.createNetServer().connectHandler(SpeedServer::echo));
      case "all" -> {
        List<NetSocket> all = new ArrayList<>();
        yield plain(vertx.createNetServer().connectHandler(socket -> tellAll(socket, all)));
      }
      default -> service(vertx, kind);
    };
  }

  private static Future<Integer> plain(NetServer server) {
    return server.listen(0, "127.0.0.1").map(NetServer::actualPort);
  }

  private static void echo(NetSocket socket) {
    socket.handler(socket::write);
  }

  /** The first that comes from each is answered to it alone, so that it knows that it is there. */
  private static void tellAll(NetSocket socket, List<NetSocket> all) {
    socket.closeHandler(closed -> all.remove(socket));
    socket.handler(
        first -> {
          all.add(socket);
          var unused = socket.write(first);
          socket.handler(buffer -> all.forEach(each -> each.write(buffer)));
        });
  }

  private static Future<Integer> service(Vertx vertx, String id) {
    Dialect dialect = Dialect.find(id);
    if (dialect == null) {
      return Future.failedFuture("no dialect " + id);
    }
    TcpServer server =
        TcpServer.create(vertx, new TcpServerOptions().dialect(dialect).auth(Sample.auth(dialect)));
    PublishSubscribe.addTo(server);
    server
        .handlers()
        .on(
            MessageType.REQUEST_URI,
            (message, peer) -> Reply.of(message.reply(MessageType.RESPOND_URI, message.content())))
        .on(
            MessageType.CREATE_URI,
            (message, peer) -> Reply.of(message.reply(MessageType.OK, Bytes.EMPTY)));
    return server.listen("127.0.0.1", 0);
  }
}
