package io.culvert.launcher;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.TlsSettings;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.TlsFiles;
import io.culvert.tcp.config.TcpServiceOptions;
import java.util.ArrayList;
import java.util.List;

/** Looks into certificates and keys before anything is started. */
final class Certificates {
  private Certificates() {}

  /**
   * Those of the listeners; blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  static void check(BrokerOptions options) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < options.listeners().size(); i++) {
      TlsSettings tls = options.listeners().get(i).tls();
      if (tls != null) {
        tls.tls().checkContents("mqtt.listeners[" + i + "]", problems);
      }
    }
    refuse(problems);
  }

  /** Those of the TCP message service; as above. */
  static void check(TcpServiceOptions options) {
    List<Problem> problems = new ArrayList<>();
    TlsFiles tls = options.tls();
    if (tls != null) {
      tls.checkContents("tcp", problems);
    }
    refuse(problems);
  }

  private static void refuse(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }
}
