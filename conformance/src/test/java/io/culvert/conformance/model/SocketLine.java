package io.culvert.conformance.model;

import io.culvert.conformance.raw.PacketReader;
import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.model.World;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The client's end of a TCP connection. A daemon thread reads; all else is the test's thread. */
final class SocketLine implements World.Line {
  /** Long for a server on this machine; who takes longer is taken to have nothing to say. */
  private static final long LIMIT_MILLIS = Integer.getInteger("culvert.test.model-millis", 1500);

  private final Socket socket;
  private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Under the lock.
  private final List<MqttPacket> packets = new ArrayList<>();
  private int pongs;
  private boolean closed;

  private int pings;
  private boolean connected;

  private SocketLine(Socket socket, MqttVersion version) {
    this.socket = socket;
    decoder.version(version);
  }

  static SocketLine open(InetSocketAddress address, MqttVersion version) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setTcpNoDelay(true);
    SocketLine line = new SocketLine(socket, version);
    Thread reader = new Thread(line::read, "model-line");
    reader.setDaemon(true);
    reader.start();
    return line;
  }

  @Override
  public void send(Bytes bytes) {
    try {
      socket.getOutputStream().write(bytes.toByteArray());
    } catch (IOException e) {
      // The server has closed, which is found out when that is looked at.
    }
  }

  @Override
  public void end() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  @Override
  public void await(int count, boolean close) {
    await(() -> closed || (packets.size() >= count && !close));
  }

  void ping() {
    lock.lock();
    try {
      connected |= packets.stream().anyMatch(packet -> packet.type() == PacketType.CONNACK);
      if (closed || !connected) {
        return;
      }
    } finally {
      lock.unlock();
    }
    pings++;
    send(Bytes.hex("c000"));
  }

  void awaitPong() {
    await(() -> closed || pongs == pings);
  }

  @Override
  public List<MqttPacket> take() {
    lock.lock();
    try {
      List<MqttPacket> all = List.copyOf(packets);
      packets.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Then it is closed as well.
    }
  }

  private void await(BooleanSupplier done) {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
      while (!done.getAsBoolean() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  private void read() {
    try {
      PacketReader reader = new PacketReader(new BufferedInputStream(socket.getInputStream()));
      for (byte[] bytes = reader.next(); bytes != null; bytes = reader.next()) {
        ReceiveBuffer in = new ReceiveBuffer();
        in.add(Bytes.wrap(bytes));
        MqttPacket packet = decoder.next(in);
        received(packet == null ? null : Wire.owned(packet));
      }
    } catch (IOException | RuntimeException e) {
      // A reset, or bytes that are no packet: both look like the end to the model.
    }
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void received(MqttPacket packet) {
    lock.lock();
    try {
      if (packet.type() == PacketType.PINGRESP) {
        pongs++;
      } else {
        packets.add(packet);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
