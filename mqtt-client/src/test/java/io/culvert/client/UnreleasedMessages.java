package io.culvert.client;

import io.culvert.mqtt.wire.MqttVersion;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that goes away when the server has its QoS 2 messages, and has not released them. */
final class UnreleasedMessages {
  private static final int LIMIT_MILLIS = 10_000;
  private static final int CONNACK = 2;
  private static final int PUBREC = 5;

  private UnreleasedMessages() {}

  /** They have the packet identifiers from 1 on, and the topic {@code left}. */
  static void leave(String address, MqttVersion version, String clientId, int count)
      throws IOException {
    URI uri = URI.create(address);
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(LIMIT_MILLIS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      out.write(connect(version, clientId));
      expect(in, CONNACK);
      for (int id = 1; id <= count; id++) {
        out.write(publish(version, id));
      }
      for (int id = 1; id <= count; id++) {
        expect(in, PUBREC);
      }
    }
  }

  private static byte[] connect(MqttVersion version, String clientId) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    string(body, "MQTT");
    bytes(body, version.isMqtt5() ? 5 : 4, 0, 0, 0);
    if (version.isMqtt5()) {
      bytes(body, 5, 0x11, 0, 0, 1, 0); // a Session Expiry Interval
    }
    string(body, clientId);
    return packet(0x10, body);
  }

  private static byte[] publish(MqttVersion version, int id) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    string(body, "left");
    bytes(body, 0, id);
    if (version.isMqtt5()) {
      bytes(body, 0);
    }
    return packet(0x34, body);
  }

  private static byte[] packet(int first, ByteArrayOutputStream body) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    bytes(packet, first, body.size());
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }

  private static void string(ByteArrayOutputStream to, String text) {
    bytes(to, 0, text.length());
    to.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void bytes(ByteArrayOutputStream to, int... values) {
    for (int value : values) {
      to.write(value);
    }
  }

  private static void expect(DataInputStream in, int type) throws IOException {
    int first = in.readUnsignedByte();
    in.readFully(new byte[in.readUnsignedByte()]);
    if (first >> 4 != type) {
      throw new IOException("packet type " + (first >> 4) + " instead of " + type);
    }
  }
}
