package io.culvert.launcher;

import com.hazelcast.config.Config;
import com.hazelcast.config.FileSystemXmlConfig;
import com.hazelcast.config.FileSystemYamlConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.TcpIpConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the event bus of other nodes. The only class that knows Hazelcast: a node that joins nobody
 * loads none of it.
 */
final class Cluster {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.cluster");

  /** Hazelcast itself gives up to find members long before. */
  private static final int JOIN_SECONDS = 60;

  private Cluster() {}

  /** Blocks until this node is a member. */
  static Vertx join(VertxOptions options, boolean gather, ClusterSettings settings)
      throws StartException, InterruptedException {
    checkFree(settings);
    EventBusOptions bus =
        new EventBusOptions().setHost(settings.bind()).setPort(settings.eventBusPort());
    if (settings.publicAddress() != null) {
      bus.setClusterPublicHost(settings.publicAddress());
    }
    LOG.info(
        "joining cluster {} at {}:{}; members {}",
        settings.name(),
        settings.bind(),
        settings.port(),
        settings.members().isEmpty() ? "that come" : settings.members());
    if (!settings.isLoopback()) {
      LOG.warn(
          "the cluster's traffic at {} is not encrypted, and whoever reaches its ports may do"
              + " everything: keep them inside a network of the nodes' own",
          settings.bind());
    }
    HazelcastClusterManager members = new HazelcastClusterManager(config(settings));
    try {
      Vertx vertx =
          Node.builder(options.setEventBusOptions(bus), gather)
              .withClusterManager(members)
              .buildClustered()
              .toCompletionStage()
              .toCompletableFuture()
              .get(JOIN_SECONDS, TimeUnit.SECONDS);
      LOG.info("{} members", members.getHazelcastInstance().getCluster().getMembers().size());
      return vertx;
    } catch (ExecutionException e) {
      LOG.debug("joining failed", e);
      throw refusal(settings, Reason.of(e));
    } catch (TimeoutException e) {
      throw refusal(settings, "nothing came of it within " + JOIN_SECONDS + " s");
    }
  }

  /** Hazelcast would say it in a page of its own. */
  private static void checkFree(ClusterSettings settings) throws StartException {
    if (settings.configFile() != null) {
      return; // which has a port of its own
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(settings.bind(), settings.port()), 1);
    } catch (IOException e) {
      throw refusal(settings, String.valueOf(e.getMessage()));
    }
  }

  private static StartException refusal(ClusterSettings settings, String reason) {
    return StartException.failure(
        """
        it cannot be a node of cluster %s at %s:%d: %s.
          cluster.bind must be an address of this machine and cluster.port free, such as
            --set cluster.port=%d"""
            .formatted(
                settings.name(),
                settings.bind(),
                settings.port(),
                reason,
                settings.port() < 65_535 ? settings.port() + 1 : 5701));
  }

  private static Config config(ClusterSettings settings) throws StartException {
    Config config = settings.configFile() == null ? own(settings) : ofUser(settings.configFile());
    config
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false"); // we stop in our own order
    // What Vert.x keeps there must survive a node.
    config
        .getMultiMapConfig("__vertx.subs")
        .setBackupCount(1)
        .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET);
    config.getMapConfig("__vertx.haInfo").setBackupCount(1);
    config.getMapConfig("__vertx.nodeInfo").setBackupCount(1);
    return config;
  }

  private static Config own(ClusterSettings settings) throws StartException {
    Config config = new Config();
    config.setClusterName(settings.name());
    config.setProperty("hazelcast.socket.bind.any", "false");
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(settings.port()).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(!settings.isAnyAddress());
    network.getInterfaces().addInterface(settings.bind());
    if (settings.publicAddress() != null) {
      network.setPublicAddress(settings.publicAddress() + ":" + settings.port());
    }
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    TcpIpConfig tcp = join.getTcpIpConfig().setEnabled(true);
    settings.members().forEach(tcp::addMember);
    return config;
  }

  private static Config ofUser(String file) throws StartException {
    try {
      boolean yaml = file.endsWith(".yaml") || file.endsWith(".yml");
      Path path = Path.of(file);
      return yaml
          ? new FileSystemYamlConfig(path.toFile())
          : new FileSystemXmlConfig(path.toFile());
    } catch (FileNotFoundException | RuntimeException e) {
      throw StartException.usage(
          "cluster.config-file: %s cannot be used: %s".formatted(file, e.getMessage()));
    }
  }
}
