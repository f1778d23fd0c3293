package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.runtime.metrics.PartMetrics;
import io.culvert.store.RocksStore;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceRpcVerticleTest {
  private final Vertx vertx = Vertx.vertx();

  @TempDir Path folder;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void nothingIsLeftOfAStartThatHasFailed() throws Exception {
    RocksStore other = RocksStore.open(folder, StoreOptions.defaults(), StoreLog.SILENT);
    try {
      assertThatThrownBy(() -> await(deploy()))
          .hasMessageContaining("persistent requests cannot be kept in " + folder);
      assertThat(PartMetrics.read(vertx)).isEmpty();
    } finally {
      other.close();
    }
    String deployed = await(deploy());
    assertThat(PartMetrics.read(vertx)).isNotEmpty();
    await(vertx.undeploy(deployed));
    assertThat(PartMetrics.read(vertx)).isEmpty();
  }

  private Future<String> deploy() {
    JsonObject section = new JsonObject().put("folder", folder.toString());
    return vertx.deployVerticle(
        new DeviceRpcVerticle(),
        new DeploymentOptions().setConfig(new JsonObject().put("rpc", section)));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }
}
