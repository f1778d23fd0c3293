package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Device RPC as users start it: by {@code culvert}, and by the launcher of Vert.x. */
class RpcIT {
  private static final String TAG = "2D_XX_0_9999";
  private static final String VERTX = "io.vertx.launcher.application.VertxApplication";
  private static final String VERTICLE = "io.culvert.rpc.DeviceRpcVerticle";

  @TempDir Path folder;

  @Test
  void threeCommandsMakeADeviceThatAnswers() throws Exception {
    try (JarProcess broker = JarProcess.culvert(folder, run())) {
      String port = mqttPort(broker);
      try (JarProcess device = simulate(port)) {
        assertThat(device.lineWith("ready")).isEqualTo("ready " + TAG);
        try (JarProcess put =
                JarProcess.culvert(
                    folder, "rpc", "put", "-p", port, TAG, "axuv", "gains", "[5, 6]");
            JarProcess get =
                JarProcess.culvert(folder, "rpc", "get", "-p", port, TAG, "axuv", "echo", "7")) {
          assertThat(put.exitCode()).isZero();
          assertThat(put.err()).isEqualTo("204 CHANGED\n");
          assertThat(get.exitCode()).isZero();
          assertThat(get.out()).isEqualTo("7\n");
        }
        assertThat(device.signal("TERM")).isZero();
      }
      assertThat(broker.signal("TERM")).isZero();
    }
  }

  @Test
  void plainVertxLauncherDeploysTheVerticle() throws Exception {
    try (JarProcess broker = JarProcess.culvert(folder, run())) {
      Files.writeString(
          folder.resolve("conf.json"),
          "{\"rpc\": {\"broker\": \"mqtt://127.0.0.1:%s\", \"tag\": \"rpc-1\"}}"
              .formatted(mqttPort(broker)));
      try (JarProcess vertx =
          JarProcess.main(folder, List.of(), VERTX, VERTICLE, "--conf", "conf.json")) {
        assertThat(vertx.lineWith("Succeeded in deploying verticle")).isNotEmpty();
        assertThat(vertx.lineWith("Client rpc-1 is connected")).isNotEmpty();
      }
    }
  }

  @Test
  void plainVertxLauncherDeploysTheVerticleOnANodeOfACluster() throws Exception {
    int brokersPort = freePort();
    int verticlesPort = freePort();
    String[] run =
        run(
            "--cluster",
            "--set=rpc.enabled=false",
            "--set=cluster.name=rpc",
            "--set=cluster.port=" + brokersPort);
    Files.writeString(folder.resolve("conf.json"), "{}");
    Files.writeString(
        folder.resolve("cluster.xml"),
        """
        <hazelcast xmlns="http://www.hazelcast.com/schema/config">
          <cluster-name>rpc</cluster-name>
          <network>
            <port auto-increment="false">%d</port>
            <join>
              <multicast enabled="false"/>
              <auto-detection enabled="false"/>
              <tcp-ip enabled="true"><member>127.0.0.1:%d</member></tcp-ip>
            </join>
            <interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>
          </network>
        </hazelcast>
        """
            .formatted(verticlesPort, brokersPort));
    try (JarProcess broker = JarProcess.culvert(folder, run);
        JarProcess device = simulate(mqttPort(broker));
        JarProcess vertx =
            JarProcess.main(
                folder,
                List.of("-Dvertx.hazelcast.config=" + folder.resolve("cluster.xml")),
                VERTX,
                VERTICLE,
                "--conf",
                "conf.json",
                "--cluster",
                "--cluster-host",
                "127.0.0.1")) {
      assertThat(device.lineWith("ready")).isEqualTo("ready " + TAG);
      assertThat(vertx.lineWith("Succeeded in deploying verticle")).isNotEmpty();
      try (JarProcess application =
          JarProcess.java(
              folder,
              RpcBusNode.class.getName(),
              "rpc",
              String.valueOf(brokersPort),
              String.valueOf(freePort()),
              TAG)) {
        assertThat(application.lineWith("answered")).isEqualTo("answered 205 [0,1,2,3,4]");
      }
    }
  }

  private JarProcess simulate(String port) throws IOException {
    return JarProcess.culvert(folder, "device", "simulate", "--tag", TAG, "-p", port);
  }

  private static String[] run(String... more) {
    String[] all = new String[more.length + 4];
    all[0] = "run";
    all[1] = "--ephemeral";
    all[2] = "--port=0";
    all[3] = "--ws-port=0";
    System.arraycopy(more, 0, all, 4, more.length);
    return all;
  }

  private static String mqttPort(JarProcess broker) throws Exception {
    return String.valueOf(URI.create(broker.lineWith("ready ").split(" ")[1]).getPort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
