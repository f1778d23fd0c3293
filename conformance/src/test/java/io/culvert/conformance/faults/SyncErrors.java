package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Launch;
import io.culvert.conformance.faults.broker.PowerLoss;
import io.culvert.conformance.faults.broker.StartFailure;
import io.culvert.conformance.faults.client.Loop;
import io.culvert.conformance.faults.ledger.Fault;
import java.io.IOException;
import java.util.List;

/**
 * The n-th sync of a thread fails with EIO, once or from then on, and then the power is lost: what
 * was acknowledged in between must have been synced by somebody. While syncs fail, the broker
 * acknowledges nothing that has to be stored, and is not ready.
 */
final class SyncErrors {
  private static final List<Integer> WHICH = List.of(1, 2, 3, 5, 8, 13, 21, 34, 55, 89);
  private static final int LOAD_MILLIS = 2000;
  private static final int NOT_READY = 503;
  private static final int LIMIT_MILLIS = 20_000;
  private static final int SETTLE_MILLIS = 300;

  private final Settings settings;
  private final Stage stage;
  private final Loop loop;

  private SyncErrors(Settings settings, Stage stage) {
    this.settings = settings;
    this.stage = stage;
    this.loop = stage.loop();
  }

  static LedgerResult run(Settings settings, int which, boolean forever)
      throws IOException, InterruptedException {
    String name = "sync-error-" + which + (forever ? "-and-later" : "");
    try (Stage stage = new Stage(name, settings);
        PowerLoss power = PowerLoss.in(stage.work())) {
      try {
        new SyncErrors(settings, stage).failAndRecover(power, which, forever);
      } catch (StartFailure e) {
        stage.ledger().found(Fault.BROKER, "start", String.valueOf(e.getMessage()));
      }
      return stage.result();
    }
  }

  /** Which syncs fail, in a whole run. */
  static List<Integer> which() {
    return WHICH;
  }

  private void failAndRecover(PowerLoss power, int which, boolean forever)
      throws IOException, InterruptedException {
    Launch sound = new Launch(stage.jar(), List.of(), power.data(), 0, 1, settings.options());
    Traffic traffic = new Traffic(stage, settings.seed(), 200, 64);
    int port;
    try (BrokerJvm broker = BrokerJvm.start(sound, stage.log())) {
      port = broker.port();
      traffic.subscribe(port);
      broker.stop();
    }
    List<String> failing =
        List.of(
            "strace",
            "-f",
            "-qq",
            "--seccomp-bpf",
            "-o",
            stage.work().resolve("strace.log").toString(),
            "-e",
            "trace=fsync,fdatasync,sync_file_range",
            "-e",
            "inject=fsync,fdatasync:error=EIO:when=" + which + (forever ? "+" : ""));
    Launch wrapped = new Launch(stage.jar(), failing, power.data(), port, 1, settings.options());
    try (BrokerJvm broker = BrokerJvm.start(wrapped, stage.log())) {
      stage.started(broker);
      load(broker, traffic, forever);
      power.strike(broker);
      traffic.stop();
      broker.kill();
      power.recover();
    } catch (StartFailure e) {
      stage.ledger().event("start", "refused: " + e.getMessage());
    }
    try (BrokerJvm broker = BrokerJvm.start(sound.onPort(port), stage.log())) {
      stage.started(broker);
      traffic.publish(port); // also where the failing one did not even start
      loop.run(() -> !broker.isAlive(), SETTLE_MILLIS);
      traffic.finish(port);
      broker.stop();
      stage.complaints(broker);
    }
  }

  private void load(BrokerJvm broker, Traffic traffic, boolean forever) throws IOException {
    traffic.publish(broker.port());
    if (!forever) {
      loop.run(() -> !broker.isAlive(), LOAD_MILLIS);
      return;
    }
    Probe probe = Probe.of(loop, broker);
    stage.await(
        "not ready when syncs fail",
        () -> probe.status() == NOT_READY || !broker.isAlive(),
        LIMIT_MILLIS);
    loop.run(() -> false, SETTLE_MILLIS);
    long acknowledged = stage.ledger().acknowledgedCount();
    loop.run(() -> false, SETTLE_MILLIS);
    if (stage.ledger().acknowledgedCount() > acknowledged) {
      stage.ledger().found(Fault.BROKER, "disk", "it acknowledges what it cannot sync");
    }
  }
}
