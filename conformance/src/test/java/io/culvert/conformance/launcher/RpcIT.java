package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Device RPC as users start it: by {@code culvert}, and by the launcher of Vert.x. */
class RpcIT {
  private static final String TAG = "2D_XX_0_9999";
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
  void whoObservesIsToldThatTheBrokerHasGone() throws Exception {
    try (JarProcess broker = JarProcess.culvert(folder, run())) {
      String port = mqttPort(broker);
      try (JarProcess device = simulate(port)) {
        assertThat(device.lineWith("ready")).isEqualTo("ready " + TAG);
        try (JarProcess observe =
            JarProcess.culvert(folder, "rpc", "observe", "-p", port, TAG, "axuv", "gains")) {
          assertThat(observe.firstLine()).isEqualTo("[0,1,2,3,4]");
          assertThat(broker.signal("KILL")).isEqualTo(128 + 9);
          assertThat(observe.lineWith("has ended")).contains("has closed the connection");
          assertThat(observe.exitCode()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void plainVertxLauncherDeploysTheVerticle() throws Exception {
    try (JarProcess broker = JarProcess.culvert(folder, run())) {
      String configuration =
          "{\"rpc\": {\"broker\": \"mqtt://127.0.0.1:%s\", \"tag\": \"rpc-1\"}}"
              .formatted(mqttPort(broker));
      try (JarProcess vertx = VertxLauncher.start(folder, VERTICLE, configuration)) {
        assertThat(vertx.lineWith("Succeeded in deploying verticle")).isNotEmpty();
        assertThat(vertx.lineWith("Client rpc-1 is connected")).isNotEmpty();
      }
    }
  }

  @Test
  void plainVertxLauncherDeploysTheVerticleOnANodeOfACluster() throws Exception {
    int brokersPort = FreePort.find();
    int verticlesPort = FreePort.find();
    String[] run =
        run(
            "--cluster",
            "--set=rpc.enabled=false",
            "--set=cluster.name=rpc",
            "--set=cluster.port=" + brokersPort);
    try (JarProcess broker = JarProcess.culvert(folder, run);
        JarProcess device = simulate(mqttPort(broker));
        JarProcess vertx =
            VertxLauncher.startInCluster(
                folder, VERTICLE, "{}", "rpc", verticlesPort, brokersPort)) {
      assertThat(device.lineWith("ready")).isEqualTo("ready " + TAG);
      assertThat(vertx.lineWith("Succeeded in deploying verticle")).isNotEmpty();
      try (JarProcess application =
          JarProcess.java(
              folder,
              RpcBusNode.class.getName(),
              "rpc",
              String.valueOf(brokersPort),
              String.valueOf(FreePort.find()),
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
    return String.valueOf(broker.readyPort());
  }
}
