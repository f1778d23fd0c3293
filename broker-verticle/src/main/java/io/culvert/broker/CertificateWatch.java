package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.TlsSettings;
import io.culvert.runtime.files.FileWatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files of certificates from time to time; a listener with one that has changed reads
 * its own again. While one cannot be used, what was read before goes on to hold, and they are tried
 * again at each look.
 */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");

  private CertificateWatch() {}

  /** What the files of each listener are now; before they are read. Blocks. */
  static List<List<String>> look(BrokerOptions options) {
    return options.listeners().stream().map(CertificateWatch::files).map(FileWatch::look).toList();
  }

  /**
   * Watches them from now on, if there are any.
   *
   * @param seen what they were when they were read
   */
  static void watch(
      Vertx vertx, BrokerOptions options, MqttBroker broker, List<List<String>> seen) {
    List<ListenerOptions> listeners = options.listeners();
    for (int i = 0; i < listeners.size(); i++) {
      int number = i;
      String name = "mqtt.listeners[" + i + "]";
      FileWatch.start(
          vertx,
          options.auth().reloadSeconds(),
          files(listeners.get(i)),
          seen.get(i),
          () -> reload(broker, number, name),
          failure ->
              LOG.error(
                  "certificates of {} stay as they were read before: {}",
                  name,
                  String.valueOf(failure.getMessage())));
    }
  }

  private static Future<Void> reload(MqttBroker broker, int number, String name) {
    return broker
        .reloadTls(number)
        .onSuccess(done -> LOG.info("certificates of {} were read again", name));
  }

  private static List<String> files(ListenerOptions listener) {
    TlsSettings tls = listener.tls();
    return tls == null ? List.of() : tls.files();
  }
}
