package io.culvert.conformance.model;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.model.World;
import io.culvert.mqtt.wire.MqttVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A server on a TCP port. Its time cannot be changed, so scripts for it let none pass. */
final class SocketWorld implements World, AutoCloseable {
  private final InetSocketAddress address;
  private final List<SocketLine> lines = new ArrayList<>();

  SocketWorld(InetSocketAddress address) {
    this.address = address;
  }

  @Override
  public Line open(MqttVersion version) {
    try {
      SocketLine line = SocketLine.open(address, version);
      lines.add(line);
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void pass(long seconds) {
    throw new UnsupportedOperationException("time does not pass here");
  }

  /**
   * Twice around with PINGREQ: after the first time the server has read all, after the second it
   * has sent what that brought to others.
   */
  @Override
  public void settle(List<Line> watched) {
    for (int round = 0; round < 2; round++) {
      watched.forEach(line -> ((SocketLine) line).ping());
      watched.forEach(line -> ((SocketLine) line).awaitPong());
    }
  }

  /** A connection for the test itself. */
  void send(MqttVersion version, Bytes bytes) {
    SocketLine line = (SocketLine) open(version);
    line.send(bytes);
    line.await(1, /* close= */ false);
    line.ping();
    line.awaitPong();
    line.close();
  }

  @Override
  public void close() {
    lines.forEach(SocketLine::close);
    lines.clear();
  }
}
