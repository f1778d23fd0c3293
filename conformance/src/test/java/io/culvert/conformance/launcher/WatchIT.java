package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.culvert.conformance.broker.MosquittoBroker;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.engine.testkit.Programs;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a running broker: metrics, {@code $SYS}, logs and audit log. */
class WatchIT {
  private static final int LIMIT_SECONDS = 60;

  @TempDir Path folder;
  private JarProcess culvert;
  private URI listener;
  private InetSocketAddress mqtt;
  private URI metrics;

  @BeforeEach
  void start() throws Exception {
    culvert = JarProcess.culvert(folder, "passwd", "add", "passwords", "ann").input("pencil\n");
    assertThat(culvert.exitCode()).isZero();
    culvert =
        JarProcess.culvert(
            folder,
            "run",
            "--port",
            "0",
            "--ws-port",
            "0",
            "--metrics-port",
            "0",
            "--ephemeral",
            "--set",
            "auth.password-file=passwords",
            "--set",
            "auth.anonymous=true",
            "--set",
            "mqtt.sys-interval-seconds=1",
            "--set",
            "logging.format=json",
            "--set",
            "logging.audit-file=audit.log");
    String[] ready = culvert.firstLine().split(" ");
    listener = URI.create(ready[1]);
    mqtt = new InetSocketAddress(listener.getHost(), listener.getPort());
    metrics = URI.create(ready[3]);
  }

  @AfterEach
  void stop() {
    culvert.close();
  }

  @Test
  void metricsAgreeWithWhatAClientDid() throws Exception {
    Mqtt5BlockingClient client = client("counting");
    client.connect();
    for (int i = 0; i < 100; i++) {
      client.publishWith().topic("a").qos(MqttQos.AT_LEAST_ONCE).payload(new byte[7]).send();
    }
    assertThat(get(metrics))
        .contains(
            "\nculvert_messages_received_total{qos=\"1\"} 100.0\n",
            "\nculvert_messages_received_bytes_total 700.0\n",
            "\nculvert_packets_sent_total{type=\"puback\"} 100.0\n",
            "\nculvert_clients_connected 1.0\n")
        .doesNotContain("counting");
    assertThat(get(metrics.resolve("/health/ready"))).contains("UP");
    client.disconnect();
    assertThat(culvert.signal("TERM")).isZero();
  }

  @Test
  void everyTopicOfMosquittoIsThere() throws Exception {
    Programs.require("mosquitto");
    Programs.require("mosquitto_sub");
    try (MosquittoBroker mosquitto =
        MosquittoBroker.start("mosquitto-sys", List.of("sys_interval 1"))) {
      Set<String> wanted = sysTopics(mosquitto.address());
      assertThat(wanted).hasSizeGreaterThan(40);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
      Set<String> seen = sysTopics(mqtt);
      while (!seen.containsAll(wanted) && System.nanoTime() < end) {
        seen.addAll(sysTopics(mqtt));
      }
      assertThat(seen).containsAll(wanted);
    }
    assertThat(culvert.signal("TERM")).isZero();
  }

  @Test
  void auditLogSaysWhoCameAndHowAndNobodyForgesIt() throws Exception {
    String hostile = "x\n{\"message\":\"forged\"}\u001b[31m\u2028";
    byte[] head = Hex.bytes("00044d515454 04 c2 003c");
    RawConnection refused = RawConnection.open(listener);
    refused.send(Hex.packet(0x10, head, Hex.string(hostile), Hex.string("ann"), Hex.string("pen")));
    assertThat(refused.expectPacket()).isEqualTo(Hex.bytes("2002 0004"));
    RawConnection accepted = RawConnection.open(listener);
    accepted.send(
        Hex.packet(0x10, head, Hex.string(hostile), Hex.string("ann"), Hex.string("pencil")));
    assertThat(accepted.expectPacket()).isEqualTo(Hex.bytes("2002 0000"));
    accepted.close();
    refused.close();
    assertThat(culvert.signal("TERM")).isZero();
    List<JsonObject> lines =
        Files.readAllLines(folder.resolve("audit.log")).stream().map(JsonObject::new).toList();
    assertThat(lines)
        .extracting(line -> line.getString("message"))
        .containsExactly("started", "refused", "connected", "ended", "stops");
    assertThat(lines.get(1).getString("client")).isEqualTo(hostile);
    assertThat(lines.get(1).getString("reason")).isEqualTo("wrong credentials");
    assertThat(lines.get(2).getString("client")).isEqualTo(hostile);
    assertThat(lines.get(2).getString("user")).isEqualTo("ann");
    assertThat(lines.get(2).getString("authentication")).isEqualTo("password-file");
    assertThat(lines.get(2).getString("address")).startsWith("127.0.0.1:");
    assertThat(lines.get(2).getString("listener")).isEqualTo("127.0.0.1:" + mqtt.getPort());
    assertThat(lines.get(3).getString("cause")).isEqualTo("CONNECTION_LOST");
    assertThat(Files.readString(folder.resolve("audit.log"))).doesNotContain("pencil", "\u001b");
    assertThat(culvert.err().lines()).allMatch(line -> !new JsonObject(line).isEmpty());
  }

  /** What comes within three seconds, sorted. */
  private Set<String> sysTopics(InetSocketAddress broker) throws Exception {
    Path output = folder.resolve("sys.txt");
    Process process =
        new ProcessBuilder(
                "mosquitto_sub",
                "-h",
                broker.getHostString(),
                "-p",
                String.valueOf(broker.getPort()),
                "-t",
                "$SYS/broker/#",
                "-F",
                "%t",
                "-W",
                "3")
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new TreeSet<>(Files.readAllLines(output));
  }

  private Mqtt5BlockingClient client(String id) {
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverAddress(mqtt)
        .buildBlocking();
  }

  private static String get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
