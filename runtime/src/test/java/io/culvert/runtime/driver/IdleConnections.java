package io.culvert.runtime.driver;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How much memory does an idle connection cost, with the toy engine? Run it by hand; it prints heap
 * (after a collection) and resident bytes per connection for native and JDK transport. The clients
 * are in a second process.
 */
final class IdleConnections {
  private IdleConnections() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      connect(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
      return;
    }
    int count = args.length == 1 ? Integer.parseInt(args[0]) : 10_000;
    measure(true, count / 10); // loads the classes
    measure(true, count);
    measure(false, count);
  }

  private static void measure(boolean nativeTransport, int count) throws Exception {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions().setPreferNativeTransport(nativeTransport).setEventLoopPoolSize(1));
    Shard shard = Shard.current(vertx);
    ToyApp app = new ToyApp();
    Future<EngineServer> listening =
        EngineServer.listenTcp(shard, TcpOptions.of("127.0.0.1", 0), app);
    EngineServer server = SocketContract.await(listening);
    long heap = heapBytes();
    long resident = residentBytes();
    Process clients =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                IdleConnections.class.getName(),
                Integer.toString(server.port()),
                Integer.toString(count))
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    for (int i = 0; i < count; i++) {
      ToyApp.next(app.opened); // so that the queue does not count
    }
    System.out.printf(
        "%s: %d connections, %d bytes of heap and %d resident bytes each%n",
        vertx.isNativeTransportEnabled() ? "native" : "nio",
        count,
        (heapBytes() - heap) / count,
        (residentBytes() - resident) / count);
    clients.destroy();
    clients.waitFor();
    SocketContract.await(vertx.close());
  }

  private static void connect(int port, int count) throws IOException, InterruptedException {
    List<SocketChannel> channels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      channels.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", port)));
    }
    Thread.currentThread().join(); // until the measuring process ends this one
  }

  private static long heapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS");
  }
}
