package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.culvert.conformance.broker.Await;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.Scene;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Very many connections without a thread or a buffer for each. When it is closed, all are reset, so
 * that the system has its ports back at once.
 */
final class Crowd implements AutoCloseable {

  /** Files that the test itself and its other connections have open. */
  private static final long OTHER_FILES = 500;

  private final Scene scene;
  private final List<Socket> members = new ArrayList<>();

  private Crowd(Scene scene) {
    this.scene = scene;
  }

  /** So many connections, or as many as this process may have; nothing is sent on them. */
  static Crowd of(Scene scene, int wanted) throws IOException {
    Crowd crowd = scene.own(new Crowd(scene));
    int size = (int) Math.min(wanted, openFilesAllowed() - OTHER_FILES);
    while (crowd.members.size() < size) {
      crowd.members.add(crowd.open());
    }
    return crowd;
  }

  int size() {
    return members.size();
  }

  /** Each member connects with a clean session, under a name with its number, and is let in. */
  Crowd connect(int level, String name) throws IOException {
    send(member -> Hex.connect(level, scene.clientId(name + "-" + member)));
    for (int member = 0; member < size(); member++) {
      byte[] connAck = read(member, 4);
      assertThat(connAck).as("CONNACK of %s", member).startsWith(0x20);
      assertThat(connAck[3]).as("reason code of %s", member).isZero();
      read(member, connAck[1] - 2);
    }
    return this;
  }

  /** What each member sends. It may be closed already. */
  void send(IntFunction<byte[]> bytes) throws IOException {
    for (int member = 0; member < members.size(); member++) {
      try {
        members.get(member).getOutputStream().write(bytes.apply(member));
      } catch (SocketException e) {
        // Refused before.
      }
    }
  }

  /** Each member sends this again and again, as fast as its connection takes it; until the end. */
  void flood(byte[] bytes) throws IOException {
    try (Selector selector = Selector.open()) {
      for (Socket member : members) {
        SocketChannel channel = member.getChannel();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_WRITE, ByteBuffer.wrap(bytes));
      }
      while (!Thread.interrupted() && selector.select() > 0) {
        selector.selectedKeys().forEach(Crowd::sendMore);
        selector.selectedKeys().clear();
      }
    }
  }

  /** The next bytes that a member gets; silence fails the test. */
  byte[] read(int member, int length) throws IOException {
    byte[] read = members.get(member).getInputStream().readNBytes(length);
    if (read.length < length) {
      throw new EOFException("member " + member + " was closed");
    }
    return read;
  }

  /** A member leaves abruptly, and another takes its place. */
  void replace(int member) throws IOException {
    members.get(member).close();
    members.set(member, open());
  }

  @Override
  public void close() throws IOException {
    for (Socket member : members) {
      member.close();
    }
  }

  private static void sendMore(SelectionKey key) {
    ByteBuffer rest = (ByteBuffer) key.attachment();
    try {
      ((SocketChannel) key.channel()).write(rest);
    } catch (IOException e) {
      key.cancel(); // it was refused
    }
    if (!rest.hasRemaining()) {
      rest.rewind();
    }
  }

  private Socket open() throws IOException {
    Socket socket = SocketChannel.open(scene.broker().mqttAddress()).socket();
    socket.setTcpNoDelay(true);
    socket.setSoLinger(true, 0);
    socket.setSoTimeout((int) Await.LIMIT.toMillis());
    return socket;
  }

  private static long openFilesAllowed() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : 2000 + OTHER_FILES;
  }
}
