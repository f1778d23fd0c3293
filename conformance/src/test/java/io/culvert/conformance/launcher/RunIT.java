package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.FreePort;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code culvert run}: one line when it is ready, one text when it cannot, an orderly end. */
class RunIT {
  private static final String[] ANY_PORT = {"run", "--port", "0", "--ws-port", "0"};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalEndsItInOrder(String signal) throws Exception {
    try (JarProcess culvert = JarProcess.culvert(folder, ANY_PORT)) {
      assertThat(culvert.firstLine())
          .matches("ready mqtt://127\\.0\\.0\\.1:\\d+ ws://127\\.0\\.0\\.1:\\d+/mqtt");
      assertThat(culvert.signal(signal)).isZero();
      assertThat(culvert.out()).hasLineCount(1);
      assertThat(culvert.err())
          .contains("data folder " + folder.toRealPath().resolve("culvert-data"))
          .doesNotContain("WARN", "ERROR", "Exception");
    }
  }

  @Test
  void theAddressesOfTheReadyLineAreOpen() throws Exception {
    try (JarProcess culvert = JarProcess.culvert(folder, ANY_PORT)) {
      String[] words = culvert.firstLine().split(" ");
      assertThat(words).hasSize(3);
      for (int i = 1; i < words.length; i++) {
        URI uri = URI.create(words[i]);
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
          assertThat(socket.isConnected()).isTrue();
        }
      }
    }
  }

  @Test
  void aSecondOneNeedsItsOwnPortAndFolder() throws Exception {
    try (JarProcess first = JarProcess.culvert(folder, ANY_PORT)) {
      URI mqtt = URI.create(first.firstLine().split(" ")[1]);
      try (JarProcess samePort =
          JarProcess.culvert(folder, "run", "--port", "" + mqtt.getPort(), "--ephemeral")) {
        assertThat(samePort.exitCode()).isEqualTo(1);
        assertThat(samePort.out()).isEmpty();
        assertThat(samePort.err())
            .startsWith("culvert: port " + mqtt.getPort() + " on 127.0.0.1 is in use");
      }
      try (JarProcess sameFolder = JarProcess.culvert(folder, ANY_PORT)) {
        assertThat(sameFolder.exitCode()).isEqualTo(1);
        assertThat(sameFolder.out()).isEmpty();
        assertThat(sameFolder.err()).contains("is in use by process " + first.pid());
      }
      try (JarProcess besides =
          JarProcess.culvert(folder, "run", "--port", "0", "--ws-port", "0", "--data", "other")) {
        assertThat(besides.firstLine()).startsWith("ready ");
      }
    }
  }

  @Test
  void theFolderIsFreeAgainAfterAKill() throws Exception {
    try (JarProcess first = JarProcess.culvert(folder, ANY_PORT)) {
      first.firstLine();
      assertThat(first.signal("KILL")).isNotZero();
    }
    try (JarProcess second = JarProcess.culvert(folder, ANY_PORT)) {
      assertThat(second.firstLine()).startsWith("ready ");
    }
  }

  @Test
  void clientsAreToldOfTheEnd() throws Exception {
    try (JarProcess culvert = JarProcess.culvert(folder, ANY_PORT)) {
      URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
      try (Socket socket = new Socket(mqtt.getHost(), mqtt.getPort())) {
        HexFormat hex = HexFormat.of();
        socket.getOutputStream().write(hex.parseHex("100d00044d5154540502003c000000"));
        InputStream in = socket.getInputStream();
        assertThat(in.read()).as("CONNACK").isEqualTo(0x20);
        in.readNBytes(in.read());
        assertThat(culvert.signal("TERM")).isZero();
        assertThat(hex.formatHex(in.readAllBytes()))
            .as("DISCONNECT with Server shutting down")
            .matches("e0(018b|028b00)");
      }
    }
  }

  @Test
  void logLevelsAreThoseOfTheConfiguration() throws Exception {
    try (JarProcess culvert =
        JarProcess.culvert(
            folder, "run", "--port", "0", "--ws-port", "0", "--set", "logging.level=off")) {
      culvert.firstLine();
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err()).isEmpty();
    }
    Files.writeString(
        folder.resolve("culvert.yaml"), "logging: {level: off, levels: {culvert: debug}}");
    try (JarProcess culvert = JarProcess.culvert(folder, ANY_PORT)) {
      culvert.firstLine();
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err()).contains("INFO  culvert - data folder ");
    }
  }

  @Test
  void wrongArgumentsAndConfigurationsEndWithTwo() throws Exception {
    Files.writeString(folder.resolve("culvert.yaml"), "limits:\n  packet-size: 1MiB\n");
    try (JarProcess culvert = JarProcess.culvert(folder, "run")) {
      assertThat(culvert.exitCode()).isEqualTo(2);
      assertThat(culvert.err())
          .contains(
              "culvert.yaml:2: limits.packet-size: unknown key; did you mean limits.packet-bytes?")
          .doesNotContain("\tat ");
    }
    try (JarProcess culvert = JarProcess.culvert(folder, "run", "--frobnicate")) {
      assertThat(culvert.exitCode()).isEqualTo(2);
      assertThat(culvert.err()).startsWith("culvert: unknown option --frobnicate");
    }
  }

  @Test
  void thePrintedConfigurationIsReadAgain() throws Exception {
    try (JarProcess print = JarProcess.culvert(folder, "config", "print", "--port", "2883")) {
      assertThat(print.exitCode()).isZero();
      assertThat(print.out()).contains("port: 2883 # --port");
      try (JarProcess check = JarProcess.culvert(folder, "config", "check", "--config", "-")) {
        assertThat(check.input(print.out()).exitCode()).isZero();
        assertThat(check.out()).isEqualTo("the configuration is good\n");
      }
    }
  }

  @Test
  void versionIsThatOfTheJar() throws Exception {
    try (JarProcess culvert = JarProcess.culvert(folder, "version")) {
      assertThat(culvert.exitCode()).isZero();
      assertThat(culvert.out()).matches("culvert \\d+\\.\\d+\\.\\d+\\S* \\(Vert\\.x 5\\..*\\)\n");
    }
  }

  @Test
  void theDemoEndsAfterItsCount() throws Exception {
    try (JarProcess demo =
        JarProcess.culvert(folder, "demo", "--count", "2", "--every-millis", "1")) {
      assertThat(demo.exitCode()).isZero();
      assertThat(demo.out()).endsWith("2 published, 2 acknowledged, 2 delivered\n");
      assertThat(demo.err()).isEmpty();
    }
  }

  @Test
  void thePlainVertxLauncherStartsTheVerticle() throws Exception {
    int port = FreePort.find();
    String configuration =
        "{\"mqtt\": {\"listeners\": [{\"type\": \"tcp\", \"port\": %d}]}}".formatted(port);
    try (JarProcess vertx =
        VertxLauncher.start(folder, "io.culvert.broker.BrokerVerticle", configuration)) {
      vertx.lineWith("Succeeded in deploying verticle");
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
      }
    }
  }
}
