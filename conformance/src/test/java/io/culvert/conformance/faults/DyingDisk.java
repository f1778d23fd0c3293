package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Image;
import io.culvert.conformance.faults.broker.Launch;
import io.culvert.conformance.faults.broker.Mount;
import io.culvert.conformance.faults.broker.StartFailure;
import io.culvert.conformance.faults.client.Loop;
import io.culvert.conformance.faults.ledger.Fault;
import java.io.IOException;
import java.util.List;

/**
 * A disk that fails while it is written: the file system of the data folder is in an image that has
 * no room where it claims to have some. Writes fail with EIO, and the kernel makes the file system
 * read-only. The broker must not acknowledge what it cannot store, and say that it is not ready;
 * when the disk works again, a new start finds all that was acknowledged.
 */
final class DyingDisk {
  private static final long CLAIMED_BYTES = 256L << 20;
  private static final long TRUE_BYTES = 48L << 20;
  private static final int NOT_READY = 503;
  private static final int LIMIT_MILLIS = 60_000;

  /** For what was stored before the failure and is acknowledged a little later. */
  private static final int SETTLE_MILLIS = 500;

  private final Stage stage;
  private final Loop loop;
  private final Launch launch;
  private final Traffic traffic;

  private DyingDisk(Settings settings, Stage stage, Image image) {
    this.stage = stage;
    this.loop = stage.loop();
    this.launch =
        new Launch(
            stage.jar(), List.of(), image.folder().resolve("data"), 0, 1, settings.options());
    this.traffic = new Traffic(stage, settings.seed(), 2000, 8192);
  }

  static LedgerResult run(Settings settings) throws IOException, InterruptedException {
    try (Stage stage = new Stage("dying-disk", settings);
        Mount room = Mount.tmpfs(stage.work().resolve("room"), TRUE_BYTES);
        Image image =
            Image.create(
                room.folder().resolve("image"), stage.work().resolve("disk"), CLAIMED_BYTES)) {
      try {
        new DyingDisk(settings, stage, image).dieAndRecover(room, image);
      } catch (StartFailure e) {
        stage.ledger().found(Fault.BROKER, "start", String.valueOf(e.getMessage()));
      }
      return stage.result();
    }
  }

  private void dieAndRecover(Mount room, Image image) throws IOException, InterruptedException {
    int port;
    try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
      stage.started(broker);
      port = broker.port();
      traffic.subscribe(port);
      traffic.publish(port);
      Probe probe = Probe.of(loop, broker);
      stage.await("not ready when the disk fails", () -> probe.status() == NOT_READY, LIMIT_MILLIS);
      loop.run(() -> false, SETTLE_MILLIS);
      long acknowledged = stage.ledger().acknowledgedCount();
      loop.run(() -> false, SETTLE_MILLIS);
      if (stage.ledger().acknowledgedCount() > acknowledged) {
        stage.ledger().found(Fault.BROKER, "disk", "it acknowledges what it cannot store");
      }
      broker.beginKill();
      traffic.stop();
      broker.kill();
    }
    room.remount("size=" + 2 * CLAIMED_BYTES);
    image.mountAgain();
    try (BrokerJvm broker = BrokerJvm.start(launch.onPort(port), stage.log())) {
      stage.started(broker);
      traffic.finish(port);
      broker.stop();
    }
  }
}
