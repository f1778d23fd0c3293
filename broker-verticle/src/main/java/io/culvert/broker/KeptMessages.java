package io.culvert.broker;

import io.culvert.broker.config.StoreSettings;
import io.culvert.mqtt.server.Recovered;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreException;
import io.culvert.store.StoreLog;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a broker outlives its process, if anything does.
 *
 * @param store null where nothing is kept
 */
record KeptMessages(@Nullable Store store) {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.store");

  /** Opens the folder that the settings name. Blocks. */
  static KeptMessages open(StoreSettings settings) throws StoreException {
    return new KeptMessages(
        settings.isOnDisk() ? RocksStore.open(settings.folder(), settings.options(), log()) : null);
  }

  private static StoreLog log() {
    return StoreLog.to(LOG::info, LOG::warn, LOG::error);
  }

  /** Makes sessions and retained messages again, and says how many. */
  static Future<Recovered> recover(MqttBroker broker) {
    long begun = System.nanoTime();
    return broker
        .recover()
        .onSuccess(
            found -> {
              if (broker.storeStatus() != null) {
                LOG.info(
                    "{} sessions with {} messages and {} retained messages are here again after"
                        + " {} ms; {} records were left out",
                    found.sessions(),
                    found.messages(),
                    found.retainedMessages(),
                    (System.nanoTime() - begun) / 1_000_000,
                    found.unreadable());
              }
            });
  }
}
