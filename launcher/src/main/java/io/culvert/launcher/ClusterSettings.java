package io.culvert.launcher;

import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;
import static io.culvert.runtime.config.Setting.texts;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this node joins others.
 *
 * @param publicAddress that the others reach it at, or null for {@code bind}
 * @param members hosts, or host:port, of nodes to join
 * @param configFile a Hazelcast file that stands for all the rest, or null
 */
record ClusterSettings(
    String name,
    String bind,
    int port,
    int eventBusPort,
    @Nullable String publicAddress,
    List<String> members,
    @Nullable String configFile) {
  static final SettingTable TABLE =
      SettingTable.of(
          flag(
              "cluster.enabled",
              false,
              "Whether this node joins an event bus with others by Hazelcast, as with `--cluster`."
                  + " Nothing there is encrypted, and whoever reaches its ports is trusted."),
          text("cluster.name", "culvert", "Only nodes with the same name join each other."),
          text(
              "cluster.bind",
              "127.0.0.1",
              "Address of this machine that other nodes connect to, for members and event bus. On"
                  + " loopback only nodes of the same machine can."),
          number(
              "cluster.port",
              Unit.PORT,
              1,
              65535,
              "5701",
              "Port that members connect to; each node of a machine needs its own."),
          number(
              "cluster.event-bus-port",
              Unit.PORT,
              0,
              65535,
              "0",
              "Port that event buses connect to; 0 takes any."),
          text(
              "cluster.public-address",
              null,
              "Address that other nodes reach this one at, where it is not that of"
                  + " `cluster.bind`."),
          texts(
              "cluster.members",
              List.of(),
              "",
              "Nodes to join, each `host` or `host:port`; one that is there is enough. Unless given,"
                  + " this node begins a cluster that others may join."),
          text(
              "cluster.config-file",
              null,
              "A configuration file of Hazelcast, XML or YAML, that stands for `cluster.name`,"
                  + " `cluster.port` and `cluster.members`, for whoever needs another way to find"
                  + " members."));

  /** From a configuration, or null where this node joins nobody. */
  static @Nullable ClusterSettings from(Configuration configuration) throws StartException {
    if (!configuration.flag("cluster.enabled")) {
      return null;
    }
    ClusterSettings settings =
        new ClusterSettings(
            configuration.text("cluster.name"),
            configuration.text("cluster.bind"),
            configuration.integer("cluster.port"),
            configuration.integer("cluster.event-bus-port"),
            optional(configuration, "cluster.public-address"),
            configuration.texts("cluster.members"),
            optional(configuration, "cluster.config-file"));
    if (settings.isAnyAddress() && settings.publicAddress() == null) {
      throw StartException.usage(
          """
          cluster.bind is %s, which says to nobody where this node is.
            Bind to one address of this machine, or set cluster.public-address as well."""
              .formatted(settings.bind()));
    }
    return settings;
  }

  /** Whether only this machine can connect. */
  boolean isLoopback() throws StartException {
    return address().isLoopbackAddress();
  }

  /** Whether it is bound to all addresses of the machine. */
  boolean isAnyAddress() throws StartException {
    return address().isAnyLocalAddress();
  }

  private InetAddress address() throws StartException {
    try {
      return InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw StartException.failure(
          "cluster.bind: the address %s is not known to this machine.".formatted(bind));
    }
  }

  private static @Nullable String optional(Configuration configuration, String key) {
    return configuration.isPresent(key) ? configuration.text(key) : null;
  }
}
