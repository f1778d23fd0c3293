package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TCP message service from outside: bytes in, bytes out. */
class TcpIT {
  /** PUBLISH_URI with the URI {@code news} and no content, unsigned, as netaio 0.0.2 sends it. */
  private static final String PUBLISH = "07" + "0005" + "0008" + "%08x" + "6400000000";

  private static final String BODY = "00000004" + "6e657773";

  @TempDir Path folder;

  @Test
  void plainVertxLauncherDeploysTheVerticle() throws Exception {
    writeConfiguration();
    try (JarProcess vertx = deploy(List.of())) {
      assertThat(publish(vertx)).isEqualTo("0");
    }
  }

  @Test
  void plainVertxLauncherDeploysTheVerticleInACluster() throws Exception {
    writeConfiguration();
    Files.writeString(
        folder.resolve("cluster.xml"),
        """
        <hazelcast xmlns="http://www.hazelcast.com/schema/config">
          <cluster-name>tcp</cluster-name>
          <network>
            <port auto-increment="true">25701</port>
            <join><multicast enabled="false"/><auto-detection enabled="false"/></join>
            <interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>
          </network>
        </hazelcast>
        """);
    try (JarProcess vertx =
        deploy(
            List.of("-Dvertx.hazelcast.config=" + folder.resolve("cluster.xml")),
            "--cluster",
            "--cluster-host",
            "127.0.0.1")) {
      assertThat(publish(vertx)).isEqualTo("0");
    }
  }

  @Test
  void exampleServerAndClientTalkToEachOther() throws Exception {
    String secret = "a secret for trials";
    try (JarProcess demo =
        JarProcess.culvert(folder, "tcp", "demo", "--port", "0", "--secret", secret)) {
      String port = String.valueOf(URI.create(demo.lineWith("ready ").split(" ")[1]).getPort());
      try (JarProcess request =
          JarProcess.culvert(
              folder, "tcp", "request", "--port", port, "--secret", secret, "request", "echo",
              "hello")) {
        assertThat(request.exitCode()).isZero();
        assertThat(request.out()).isEqualTo("hello\n");
      }
      assertThat(demo.signal("TERM")).isZero();
    }
  }

  private JarProcess deploy(List<String> options, String... arguments) throws IOException {
    String[] all = new String[arguments.length + 3];
    all[0] = "io.culvert.tcp.TcpVerticle";
    all[1] = "--conf";
    all[2] = "conf.json";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return JarProcess.main(
        folder, options, "io.vertx.launcher.application.VertxApplication", all);
  }

  private void writeConfiguration() throws IOException {
    Files.writeString(
        folder.resolve("conf.json"), "{\"tcp\": {\"port\": 0, \"anonymous\": true}}");
  }

  /** What the answer says: how many have subscribed. */
  private static String publish(JarProcess vertx) throws Exception {
    String line = vertx.lineWith("listens on tcp://");
    String uri = line.substring(line.indexOf("tcp://"), line.indexOf(',', line.indexOf("tcp://")));
    vertx.lineWith("Succeeded in deploying verticle");
    byte[] body = HexFormat.of().parseHex(BODY);
    CRC32 checksum = new CRC32();
    checksum.update(body);
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(uri).getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(HexFormat.of().parseHex(PUBLISH.formatted(checksum.getValue()) + BODY));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(in.readUnsignedByte()).isEqualTo(10); // OK
      int authLength = in.readUnsignedShort();
      int bodyLength = in.readUnsignedShort();
      in.readInt();
      in.readNBytes(authLength);
      byte[] answer = in.readNBytes(bodyLength);
      return new String(answer, 8, answer.length - 8, StandardCharsets.UTF_8);
    }
  }
}
