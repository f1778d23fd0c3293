package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client by hand over a blocking socket: MQTT 5 packets out and in. */
final class Mqtt5Client implements AutoCloseable {
  private static final int LIMIT_MILLIS = 30_000;

  private final Socket socket = new Socket();
  private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);
  private final ReceiveBuffer in = new ReceiveBuffer();

  Mqtt5Client(int port) throws IOException {
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port), LIMIT_MILLIS);
  }

  /** One whose clean session is there, with a Keep Alive of a minute. */
  static Mqtt5Client connected(int port, String clientId, Properties properties)
      throws IOException {
    Mqtt5Client client = new Mqtt5Client(port);
    client.send(connect(clientId, properties));
    assertThat(client.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    return client;
  }

  static Connect connect(String clientId, Properties properties) {
    return new Connect(MqttVersion.MQTT_5, true, 60, clientId, null, null, null, properties);
  }

  static Connect connect(String clientId, String method, Bytes data) {
    return connect(clientId, properties(method, data));
  }

  static Auth auth(ReasonCode reasonCode, String method, Bytes data) {
    return new Auth(reasonCode, properties(method, data));
  }

  void send(MqttPacket packet) throws IOException {
    Outbox out = new Outbox(new BufferPool());
    MqttEncoder.write(packet, MqttVersion.MQTT_5, out);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    out.drainTo(
        new Outbox.Sink() {
          @Override
          public void copied(byte[] array, int start, int length) {
            bytes.write(array, start, length);
          }

          @Override
          public void shared(Bytes shared) {
            bytes.write(shared.array(), shared.start(), shared.length());
          }
        });
    socket.getOutputStream().write(bytes.toByteArray());
  }

  /** The next packet, or null at the end of the stream. */
  @Nullable MqttPacket read() throws IOException {
    MqttPacket packet = decoder.next(in);
    while (packet == null) {
      byte[] chunk = new byte[4096];
      int length = socket.getInputStream().read(chunk);
      if (length < 0) {
        return null;
      }
      in.add(Bytes.wrap(chunk, 0, length));
      packet = decoder.next(in);
    }
    return packet;
  }

  <P extends MqttPacket> P read(Class<P> type) throws IOException {
    return type.cast(read());
  }

  /** What SUBACK says, which is read here. */
  ReasonCode subscribe(String filter, QoS qos) throws IOException {
    SubscriptionOptions options = SubscriptionOptions.of(qos);
    send(new Subscribe(1, List.of(new Subscribe.Entry(filter, options)), Properties.EMPTY));
    List<ReasonCode> answers = read(SubAck.class).reasonCodes();
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static Properties properties(String method, Bytes data) {
    return Properties.builder()
        .put(Property.AUTHENTICATION_METHOD, method)
        .put(Property.AUTHENTICATION_DATA, data)
        .build();
  }
}
