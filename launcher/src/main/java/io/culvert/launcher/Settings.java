package io.culvert.launcher;

import io.culvert.broker.config.BrokerSettings;
import io.culvert.broker.config.MetricsOptions;
import io.culvert.rpc.config.RpcSettings;
import io.culvert.runtime.config.SettingTable;
import io.culvert.tcp.config.TcpSettings;

/** The tables of all modules in the jar. */
final class Settings {
  static final SettingTable TABLE =
      SettingTable.join(
          BrokerSettings.TABLE,
          EventLoops.SETTINGS,
          ClusterSettings.TABLE,
          MetricsOptions.SETTINGS,
          RpcSettings.TABLE,
          TcpSettings.TABLE,
          Logging.SETTINGS);

  private Settings() {}
}
