package io.culvert.conformance.broker;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A line between a client and the broker that a test can cut, with any client: the broker then sees
 * what a lost device leaves behind. It also tells when the broker itself has closed a connection.
 *
 * <p>Each connection has two daemon threads that copy bytes and nothing else.
 */
public final class Relay implements Closeable {

  private static final int CHUNK_BYTES = 64 * 1024;

  private final InetSocketAddress broker;
  private final ServerSocket listener;
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final BlockingQueue<Line> history = new LinkedBlockingQueue<>();

  private Relay(InetSocketAddress broker, ServerSocket listener) {
    this.broker = broker;
    this.listener = listener;
  }

  public static Relay to(InetSocketAddress broker) {
    try {
      Relay relay = new Relay(broker, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      daemon("relay-accept", relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", listener.getLocalPort());
  }

  /** Closes every open connection at once, without a word in MQTT. */
  public void cut() {
    for (Line line = lines.poll(); line != null; line = lines.poll()) {
      line.cut();
    }
  }

  /** Waits until the broker has closed every connection that was ever opened through this relay. */
  public void awaitClosedByBroker() {
    for (Line line : history) {
      Await.result("the broker closes the connection", line.closedByBroker);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Socket client = listener.accept();
        Socket upstream = new Socket();
        upstream.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
        upstream.connect(broker);
        Line line = new Line(client, upstream);
        lines.add(line);
        history.add(line);
        daemon("relay-up", line::copyUp);
        daemon("relay-down", line::copyDown);
      }
    } catch (IOException e) {
      cut();
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection through the relay. */
  private static final class Line {
    private final Socket client;
    private final Socket upstream;
    private final CompletableFuture<Void> closedByBroker = new CompletableFuture<>();

    Line(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    /** Passes on the client's half-close only, so that the broker's own close can be seen. */
    void copyUp() {
      copy(client, upstream);
      try {
        upstream.shutdownOutput();
      } catch (IOException e) {
        cut();
      }
    }

    void copyDown() {
      copy(upstream, client);
      closedByBroker.complete(null);
      cut();
    }

    void cut() {
      quietly(client);
      quietly(upstream);
    }

    private static void copy(Socket from, Socket to) {
      byte[] chunk = new byte[CHUNK_BYTES];
      try {
        for (int n = from.getInputStream().read(chunk);
            n >= 0;
            n = from.getInputStream().read(chunk)) {
          to.getOutputStream().write(chunk, 0, n);
        }
      } catch (IOException e) {
        // One side is gone: the other is told by whoever copies.
      }
    }

    private static void quietly(Socket socket) {
      try {
        socket.close();
      } catch (IOException e) {
        // Nothing more can be done with it.
      }
    }
  }
}
