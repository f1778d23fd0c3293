package io.culvert.conformance;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.DisconnectCause;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.List;

/** Serves a broker with one thread and nothing but java.nio: the example of docs/new-io.md. */
public final class NioDriver implements Runnable, Closeable {
  private static final System.Logger LOG = System.getLogger("nio");

  private final Broker broker;
  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final BufferPool pool = new BufferPool();
  private final Deadlines<Connection> deadlines = new Deadlines<>();
  private final ArrayDeque<Connection> dirty = new ArrayDeque<>();
  private final ByteBuffer input = ByteBuffer.allocate(64 * 1024); // one for all: only borrowed
  private final ByteBuffer output = ByteBuffer.allocate(64 * 1024);
  private volatile boolean stopped;

  public NioDriver(Broker broker) throws IOException {
    this.broker = broker;
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
  }

  public int port() {
    return listener.socket().getLocalPort();
  }

  @Override
  public void run() {
    try (selector;
        listener) {
      while (!stopped) {
        selector.select(this::ready, waitMillis());
        tellTime();
        flushDirty(); // once per pass, however many messages came for a connection
      }
      broker.stop(); // puts a DISCONNECT into each outbox
      flushDirty();
      List.copyOf(selector.keys()).forEach(this::closeConnection);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {
    stopped = true;
    selector.wakeup();
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof Connection connection) {
      connection.guarded(connection::ready);
    } else {
      accept();
    }
  }

  private void accept() {
    try {
      SocketChannel socket = listener.accept();
      socket.configureBlocking(false);
      new Connection(socket).changed(); // its first deadline is to be armed
    } catch (IOException gone) {
      // the peer has left before it was accepted
    }
  }

  private long waitMillis() {
    long next = Math.min(deadlines.earliest(), broker.deadlineMillis());
    return next == Engine.NO_DEADLINE ? 0 : Math.max(1, next - now()); // 0: until a socket is ready
  }

  private void tellTime() {
    broker.timeout(now());
    Connection due;
    while ((due = deadlines.pollExpired(now())) != null) {
      due.engine.timeout(now());
      due.changed();
    }
  }

  private void flushDirty() {
    while (!dirty.isEmpty()) { // to flush one may change another: the Will of a lost connection
      Connection connection = dirty.remove();
      connection.guarded(connection::flush);
    }
  }

  private void closeConnection(SelectionKey key) {
    if (key.attachment() instanceof Connection connection) {
      connection.close();
    }
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  /** A socket, its engine, and what the socket did not take. */
  private final class Connection implements Wake, Outbox.Sink {
    private final SocketChannel socket;
    private final SelectionKey key;
    private final Deadlines.Entry<Connection> deadline = deadlines.entry(this);
    private final ServerConnection engine =
        new ServerConnection(Limits.DEFAULT, pool, this, null, now());
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private boolean isDirty;

    Connection(SocketChannel socket) throws IOException {
      this.socket = socket;
      this.key = socket.register(selector, SelectionKey.OP_READ, this);
    }

    @Override
    public void changed() {
      if (!isDirty) {
        isDirty = true;
        dirty.add(this);
      }
    }

    void ready() throws IOException {
      if (key.isReadable()) {
        int length = socket.read(input.clear());
        if (length < 0) {
          engine.receiveEnd();
        } else {
          engine.receive(Bytes.wrap(input.array(), 0, length));
        }
        poll(); // until null: the next connection reads into the same buffer
      }
      if (key.isWritable()) {
        socket.write(unsent);
      }
      changed();
    }

    void flush() throws IOException {
      isDirty = false;
      poll(); // for a decision or command that was given since
      while (!unsent.hasRemaining() && !engine.outbox().isEmpty()) {
        engine.outbox().drainTo(this, output.clear().capacity());
        socket.write(output.flip());
        unsent = ByteBuffer.allocate(output.remaining()).put(output).flip();
        poll(); // the engine may have kept back what there was no room for
      }
      boolean sent = !unsent.hasRemaining() && engine.outbox().isEmpty();
      switch (engine.status()) {
        case OPEN -> await(sent);
        case CLOSE_AFTER_FLUSH -> {
          if (sent) {
            close();
          } else {
            await(false);
          }
        }
        case CLOSED -> close();
      }
    }

    private void poll() {
      ServerEvent event;
      while ((event = engine.poll(now())) != null) {
        broker.handle(engine, event, now());
      }
    }

    private void await(boolean sent) {
      boolean reads = engine.status() == Engine.Status.OPEN && !engine.awaitsDecision();
      key.interestOps((reads ? SelectionKey.OP_READ : 0) | (sent ? 0 : SelectionKey.OP_WRITE));
      deadlines.set(deadline, engine.deadlineMillis());
    }

    @Override
    public void copied(byte[] array, int start, int length) {
      output.put(array, start, length);
    }

    @Override
    public void shared(Bytes bytes) {
      output.put(bytes.array(), bytes.start(), bytes.length());
    }

    /** What goes wrong in one connection ends this one only. */
    void guarded(Step step) {
      try {
        if (socket.isOpen()) {
          step.run();
        }
      } catch (IOException lost) {
        close();
      } catch (RuntimeException mistake) {
        LOG.log(System.Logger.Level.ERROR, "A connection is closed: its engine failed", mistake);
        close();
      }
    }

    void close() {
      broker.disconnected(engine, DisconnectCause.CONNECTION_LOST, now()); // unless it knows
      deadlines.remove(deadline);
      engine.outbox().clear();
      try {
        socket.close();
      } catch (IOException ignored) {
        // closed is closed
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }
}
