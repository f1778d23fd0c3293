package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.culvert.conformance.raw.Hex;
import io.culvert.engine.testkit.Programs;
import io.culvert.engine.testkit.SelfSigned;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Listeners as operators set them up: a Unix domain socket, one behind a proxy, and two that have
 * certificates for several names and read them again.
 */
class ListenersIT {
  private static final int LIMIT_SECONDS = 60;

  private static final String CONFIGURATION =
      """
      mqtt:
        listeners:
          - {type: unix, socket: culvert.sock}
          - {port: 0, proxy-protocol: true, proxy-from: [127.0.0.1], connect-timeout-seconds: 1}
          - {port: 0, certificate: server.pem, key: server.key,
             more-certificates: [{certificate: other.pem, key: other.key}]}
          - {type: websocket, port: 0, certificate: server.pem, key: server.key,
             more-certificates: [{certificate: other.pem, key: other.key}]}
      auth: {anonymous: true, reload-seconds: 1}
      """;

  @TempDir Path folder;
  private JarProcess culvert;
  private Path socket;
  private URI proxied;
  private URI mqtts;
  private URI wss;

  @BeforeEach
  void start() throws Exception {
    SelfSigned.write(folder, "server", "first.test");
    SelfSigned.write(folder, "other", "other.test");
    Files.writeString(folder.resolve("culvert.yaml"), CONFIGURATION);
    run();
  }

  private void run() throws Exception {
    culvert = JarProcess.culvert(folder, "run", "--ephemeral");
    String[] words = culvert.firstLine().split(" ");
    socket = Path.of(URI.create(words[1]).getPath());
    proxied = URI.create(words[2]);
    mqtts = URI.create(words[3]);
    wss = URI.create(words[4]);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(culvert.signal("TERM")).isZero();
    assertThat(socket).doesNotExist();
    culvert.close();
  }

  @Test
  void messageGoesOverTheUnixDomainSocket() throws Exception {
    Programs.require("mosquitto_sub");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(mosquitto("mosquitto_pub", "-m", "hello", "-r", "-q", "2")).isEmpty();
    assertThat(mosquitto("mosquitto_sub", "-C", "1", "-q", "1")).isEqualTo("hello\n");
  }

  @Test
  void socketOfABrokerThatWasKilledIsReplacedAndThatOfALivingOneIsNot() throws Exception {
    try (JarProcess second = JarProcess.culvert(folder, "run", "--ephemeral")) {
      assertThat(second.exitCode()).isNotZero();
      assertThat(second.err())
          .contains("the socket " + socket.toRealPath() + " is in use by another program");
    }
    assertThat(culvert.signal("KILL")).isNotZero();
    assertThat(socket).exists();
    run();
    assertThat(mosquitto("mosquitto_pub", "-m", "x", "-q", "1")).isEmpty();
  }

  @Test
  void headerComesBeforeConnectWhereTheProxyIsTrusted() throws Exception {
    byte[] connect = Hex.connect(5, "proxied");
    byte[] header = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 1883\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(firstByte(Hex.joined(header, connect))).isEqualTo(0x20);
    assertThat(firstByte(connect)).isEqualTo(-1);
    assertThat(culvert.lineWith("has sent no valid PROXY protocol header")).contains("127.0.0.1");
  }

  @Test
  void certificateIsThatOfTheNameThatIsAskedFor() throws Exception {
    for (URI listener : List.of(mqtts, wss)) {
      assertThat(shown(listener, "other.test")).contains("CN=other.test");
      assertThat(shown(listener, "first.test")).contains("CN=first.test");
      assertThat(shown(listener, "unknown.test")).contains("CN=first.test");
    }
  }

  @Test
  void newCertificateIsShownAndConnectionsLiveOn() throws Exception {
    Mqtt5BlockingClient before = client(mqtts, false);
    Mqtt5BlockingClient beforeWebSocket = client(wss, true);
    replace("second.test");
    for (URI listener : List.of(mqtts, wss)) {
      assertThat(shown(listener, "unknown.test")).contains("CN=second.test");
      assertThat(shown(listener, "other.test")).contains("CN=other.test");
    }
    publish(before);
    publish(beforeWebSocket);

    Files.writeString(folder.resolve("server.pem"), "no certificate\n");
    for (int listener : new int[] {2, 3}) {
      assertThat(culvert.lineWith("certificates of mqtt.listeners[" + listener + "] stay as they"))
          .contains("ERROR");
    }
    for (URI listener : List.of(mqtts, wss)) {
      assertThat(shown(listener, "unknown.test")).contains("CN=second.test");
    }
    publish(before);
    publish(beforeWebSocket);
    before.disconnect();
    beforeWebSocket.disconnect();
  }

  @Test
  void keyOfAnotherCertificateChangesNothing() throws Exception {
    Files.copy(
        folder.resolve("other.key"),
        folder.resolve("server.key"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(culvert.lineWith("certificates of mqtt.listeners[2] stay as they were read before"))
        .contains("the key is not that of the certificate");
    assertThat(shown(mqtts, "first.test")).contains("CN=first.test");
  }

  /** As tools do that renew certificates: first one file, then the other. */
  private void replace(String commonName) throws Exception {
    SelfSigned.write(folder, "renewed", commonName);
    for (String ending : List.of(".pem", ".key")) {
      Files.move(
          folder.resolve("renewed" + ending),
          folder.resolve("server" + ending),
          StandardCopyOption.ATOMIC_MOVE);
    }
    culvert.lineWith("certificates of mqtt.listeners[2] were read again");
    culvert.lineWith("certificates of mqtt.listeners[3] were read again");
  }

  private Mqtt5BlockingClient client(URI listener, boolean webSocket) throws Exception {
    TrustManagerFactory trust = Certificates.trusting(folder.resolve("server.pem"));
    var builder =
        MqttClient.builder()
            .useMqttVersion5()
            .serverHost("localhost")
            .serverPort(listener.getPort())
            .sslConfig()
            .trustManagerFactory(trust)
            .applySslConfig();
    if (webSocket) {
      builder = builder.webSocketConfig().serverPath("mqtt").applyWebSocketConfig();
    }
    Mqtt5BlockingClient client = builder.buildBlocking();
    client.connect();
    return client;
  }

  private static void publish(Mqtt5BlockingClient client) {
    client.publishWith().topic("t").qos(MqttQos.AT_LEAST_ONCE).send();
    assertThat(client.getState().isConnected()).isTrue();
  }

  /** The subject of the certificate that a client is shown who asks for a name. */
  private String shown(URI listener, String name) throws Exception {
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, Certificates.any(), null);
    try (SSLSocket tls =
        (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", listener.getPort())) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      tls.setSSLParameters(parameters);
      tls.setSoTimeout(LIMIT_SECONDS * 1000);
      tls.startHandshake();
      X509Certificate certificate = (X509Certificate) tls.getSession().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName();
    }
  }

  /** What the listener behind the proxy answers with, or -1 for the end. */
  private int firstByte(byte[] bytes) throws IOException {
    try (Socket connection = new Socket(proxied.getHost(), proxied.getPort())) {
      connection.setSoTimeout(LIMIT_SECONDS * 1000);
      connection.getOutputStream().write(bytes);
      return connection.getInputStream().read();
    } catch (SocketException reset) {
      return -1;
    }
  }

  private String mosquitto(String program, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--unix", socket.toString()));
    all.addAll(List.of("-V", "mqttv5", "-t", "t"));
    all.addAll(List.of(options));
    return MosquittoClient.run(folder, program, all).text();
  }
}
