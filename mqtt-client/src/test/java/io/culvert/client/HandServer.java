package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** A server that a test plays by hand, packet by packet, on a real socket. */
final class HandServer implements AutoCloseable {
  private static final int LIMIT_MILLIS = 30_000;

  private final ServerSocket listener;

  HandServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    listener.setSoTimeout(LIMIT_MILLIS);
  }

  String address() {
    return "mqtt://127.0.0.1:" + listener.getLocalPort();
  }

  /** The next connection. */
  Line accept() throws IOException {
    return new Line(listener.accept());
  }

  /** The next connection, its CONNECT read and accepted. */
  Line accept(boolean sessionPresent) throws IOException {
    Line line = accept();
    line.read(Connect.class);
    line.send(new ConnAck(sessionPresent, ReasonCode.SUCCESS, Properties.EMPTY));
    return line;
  }

  /** The same, behind connections that end before their CONNECT. */
  Line acceptWanted() throws IOException {
    Line line = accept();
    while (line.read() == null) {
      line.close();
      line = accept();
    }
    line.send(new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY));
    return line;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** One connection. */
  static final class Line implements AutoCloseable {
    private final Socket socket;
    private final ReceiveBuffer in = new ReceiveBuffer();
    private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);

    private Line(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(LIMIT_MILLIS);
      decoder.version(MqttVersion.MQTT_5);
    }

    /** The next packet, which must be of this type. */
    <P extends MqttPacket> P read(Class<P> type) throws IOException {
      MqttPacket packet = read();
      if (!type.isInstance(packet)) {
        throw new AssertionError("not " + type.getSimpleName() + " but " + packet);
      }
      return type.cast(packet);
    }

    /** The next packet, or null when the client has closed. */
    MqttPacket read() throws IOException {
      MqttPacket packet;
      while ((packet = decoder.next(in)) == null) {
        byte[] chunk = new byte[65_536];
        int length = socket.getInputStream().read(chunk);
        if (length < 0) {
          return null;
        }
        in.add(Bytes.wrap(chunk, 0, length));
        in.keep();
      }
      return packet;
    }

    void send(MqttPacket... packets) throws IOException {
      send(Wire.encode(List.of(packets), MqttVersion.MQTT_5));
    }

    void send(Bytes bytes) throws IOException {
      socket.getOutputStream().write(bytes.toByteArray());
      socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
