package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Launch;
import io.culvert.conformance.faults.broker.Mount;
import io.culvert.conformance.faults.broker.StartFailure;
import io.culvert.conformance.faults.client.Flow;
import io.culvert.conformance.faults.client.Identity;
import io.culvert.conformance.faults.client.Loop;
import io.culvert.conformance.faults.client.Pace;
import io.culvert.conformance.faults.client.Publisher;
import io.culvert.conformance.faults.client.Reader;
import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.LedgerCheck;
import io.culvert.conformance.faults.ledger.Message;
import io.culvert.conformance.faults.ledger.Subscriber;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A disk that is full: who needs it is refused and everybody else is served; when there is room
 * again the broker goes on by itself; and a kill in between takes nothing that was acknowledged.
 */
final class FullDisk {
  /**
   * The reserve is what it is by default, 64 MiB, and there is some room for messages beside it.
   */
  private static final long DISK_BYTES = 256L << 20;

  private static final long BALLAST_BYTES = 100L << 20;
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int READY = 200;
  private static final int NOT_READY = 503;
  private static final int LIMIT_MILLIS = 60_000;
  private static final int RECOVERY_LIMIT_MILLIS = 10_000;
  private static final int CLEAN_MESSAGES = 200;
  private static final Pace CLEAN = new Pace(500, 20, Message.LEAST_SIZE_BYTES, 0);

  private final Settings settings;
  private final Stage stage;
  private final Loop loop;
  private final Path ballast;
  private final Launch launch;
  private final Traffic traffic;

  private FullDisk(Settings settings, Stage stage, Mount disk) {
    this.settings = settings;
    this.stage = stage;
    this.loop = stage.loop();
    this.ballast = disk.folder().resolve("ballast");
    Path data = disk.folder().resolve("data");
    this.launch = new Launch(stage.jar(), List.of(), data, 0, 1, settings.options());
    this.traffic = new Traffic(stage, settings.seed(), 2000, 8192);
  }

  static LedgerResult run(Settings settings) throws IOException, InterruptedException {
    try (Stage stage = new Stage("full-disk", settings);
        Mount disk = Mount.tmpfs(stage.work().resolve("disk"), DISK_BYTES)) {
      try {
        new FullDisk(settings, stage, disk).fillFreeFillKill();
      } catch (StartFailure e) {
        stage.ledger().found(Fault.BROKER, "start", String.valueOf(e.getMessage()));
      }
      return stage.result();
    }
  }

  private void fillFreeFillKill() throws IOException, InterruptedException {
    writeBallast();
    int port;
    try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
      stage.started(broker);
      port = broker.port();
      traffic.subscribe(port);
      fill(broker);
      othersAreServed(port);
      free(broker);
      writeBallast();
      fill(broker);
      broker.beginKill();
      traffic.stop();
      broker.kill();
    }
    try (BrokerJvm broker = BrokerJvm.start(launch.onPort(port), stage.log())) {
      stage.started(broker);
      traffic.publish(port);
      free(broker);
      traffic.finish(port);
      broker.stop();
    }
  }

  /** Until both publishers are refused, and whoever asks is told that the broker is not ready. */
  private void fill(BrokerJvm broker) throws IOException {
    traffic.publish(broker.port());
    Publisher five = traffic.five();
    stage.await("0x97 for MQTT 5", () -> five.lastReasonCode() == QUOTA_EXCEEDED, LIMIT_MILLIS);
    long cuts = traffic.four().client().cuts();
    stage.await(
        "two disconnections for MQTT 3.1.1",
        () -> traffic.four().client().cuts() >= cuts + 2,
        LIMIT_MILLIS);
    Probe probe = Probe.of(loop, broker);
    stage.await(
        "not ready while the disk is full",
        () -> probe.status() == NOT_READY,
        RECOVERY_LIMIT_MILLIS);
  }

  /** QoS 0, and QoS 1 for sessions that end with their connections. */
  private void othersAreServed(int port) throws IOException {
    try (Ledger others = new Ledger(new PrintWriter(Writer.nullWriter()))) {
      Subscriber subscriber = Subscriber.alone("clean", "c/#", 1);
      Reader reader = new Reader(loop, others, Identity.passing("clean", 5), subscriber, 0);
      reader.client().online(port);
      stage.awaitSubscribed(List.of(reader));
      Publisher publisher =
          new Publisher(
              loop,
              others,
              Identity.passing("clean-publisher", 5),
              List.of(new Flow("c/0", 0, false), new Flow("c/1", 1, false)),
              CLEAN,
              new Random(settings.seed()));
      publisher.mayBegin(CLEAN_MESSAGES);
      publisher.client().online(port);
      stage.await(
          "QoS 0, and QoS 1 for clean sessions, while the disk is full",
          () -> others.receivedCount() == CLEAN_MESSAGES && publisher.isIdle(),
          LIMIT_MILLIS);
      reader.client().offline();
      publisher.client().offline();
      stage.ledger().findings().addAll(LedgerCheck.all(others));
    }
  }

  private void free(BrokerJvm broker) throws IOException {
    Files.delete(ballast);
    long began = Loop.nowMillis();
    long acknowledged = stage.ledger().acknowledgedCount();
    Probe probe = Probe.of(loop, broker);
    stage.await(
        "acknowledgements and readiness when there is room again",
        () ->
            stage.ledger().acknowledgedCount() > acknowledged
                && traffic.five().lastReasonCode() == 0
                && probe.status() == READY,
        RECOVERY_LIMIT_MILLIS);
    stage.ledger().event("disk", "recovered after " + (Loop.nowMillis() - began) + " ms");
  }

  /** As much as there is room for, at most. */
  private void writeBallast() throws IOException {
    byte[] piece = new byte[1 << 20];
    try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
      for (long written = 0; written < BALLAST_BYTES; written += piece.length) {
        file.write(piece);
      }
    } catch (IOException e) {
      if (Files.size(ballast) == 0) {
        throw e;
      }
      stage.ledger().event("disk", "ballast of " + Files.size(ballast) + " bytes");
    }
  }
}
