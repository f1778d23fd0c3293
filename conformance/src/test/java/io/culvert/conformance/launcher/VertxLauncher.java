package io.culvert.conformance.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The launcher of Vert.x, which deploys one verticle of the jar. */
final class VertxLauncher {
  private static final String MAIN = "io.vertx.launcher.application.VertxApplication";

  private VertxLauncher() {}

  /**
   * A Vert.x of its own.
   *
   * @param configuration of the verticle, as JSON
   */
  static JarProcess start(Path folder, String verticle, String configuration) throws IOException {
    return JarProcess.main(folder, MAIN, verticle, "--conf", written(folder, configuration));
  }

  /**
   * A node of a cluster.
   *
   * @param port of this member
   * @param knownPort of the member to join, which may be this one
   */
  static JarProcess startInCluster(
      Path folder,
      String verticle,
      String configuration,
      String clusterName,
      int port,
      int knownPort)
      throws IOException {
    Path cluster = folder.resolve("cluster.xml");
    Files.writeString(
        cluster,
        """
        <hazelcast xmlns="http://www.hazelcast.com/schema/config">
          <cluster-name>%s</cluster-name>
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
            .formatted(clusterName, port, knownPort));
    return JarProcess.main(
        folder,
        List.of("-Dvertx.hazelcast.config=" + cluster),
        MAIN,
        verticle,
        "--conf",
        written(folder, configuration),
        "--cluster",
        "--cluster-host",
        "127.0.0.1");
  }

  private static String written(Path folder, String configuration) throws IOException {
    Files.writeString(folder.resolve("conf.json"), configuration);
    return "conf.json";
  }
}
