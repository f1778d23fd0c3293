package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.TlsSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files of certificates from time to time; a listener with one that has changed reads
 * its own again. While one cannot be used, what was read before goes on to hold.
 *
 * <p>Files are read on worker threads; everything else happens in the context that it was made in.
 */
final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");

  private final Vertx vertx;
  private final BrokerOptions options;
  private final MqttBroker broker;
  private List<List<String>> seen;
  private boolean looking;

  private Certificates(
      Vertx vertx, BrokerOptions options, MqttBroker broker, List<List<String>> seen) {
    this.vertx = vertx;
    this.options = options;
    this.broker = broker;
    this.seen = seen;
  }

  /** What the files of each listener are now; before they are read. Blocks. */
  static List<List<String>> look(BrokerOptions options) {
    return options.listeners().stream()
        .map(ListenerOptions::tls)
        .map(tls -> tls == null ? List.<String>of() : states(tls))
        .toList();
  }

  /**
   * Watches them from now on, if there are any.
   *
   * @param seen what they were when they were read
   */
  static void watch(
      Vertx vertx, BrokerOptions options, MqttBroker broker, List<List<String>> seen) {
    boolean hasFiles = seen.stream().anyMatch(files -> !files.isEmpty());
    if (options.auth().reloadSeconds() > 0 && hasFiles) {
      Certificates files = new Certificates(vertx, options, broker, seen);
      vertx.setPeriodic(options.auth().reloadSeconds() * 1000L, ignored -> files.look());
    }
  }

  private void look() {
    if (looking) {
      return;
    }
    looking = true;
    vertx
        .executeBlocking(() -> look(options), /* ordered= */ false)
        .compose(this::reload)
        .onComplete(done -> looking = false);
  }

  private Future<Void> reload(List<List<String>> now) {
    List<Future<Void>> reloading = new ArrayList<>();
    for (int i = 0; i < now.size(); i++) {
      if (!now.get(i).equals(seen.get(i))) {
        reloading.add(reload(i));
      }
    }
    seen = now;
    return Future.join(reloading).mapEmpty();
  }

  private Future<Void> reload(int number) {
    String name = "mqtt.listeners[" + number + "]";
    return broker
        .reloadTls(number)
        .onSuccess(done -> LOG.info("certificates of {} were read again", name))
        .onFailure(
            failure ->
                LOG.error(
                    "certificates of {} stay as they were read before: {}",
                    name,
                    String.valueOf(failure.getMessage())));
  }

  private static List<String> states(TlsSettings tls) {
    return tls.files().stream().map(SecurityFiles::state).toList();
  }
}
