package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Crash;
import io.culvert.conformance.faults.broker.Launch;
import io.culvert.conformance.faults.broker.StartFailure;
import io.culvert.conformance.faults.client.Client;
import io.culvert.conformance.faults.client.Loop;
import io.culvert.conformance.faults.client.RetainedReader;
import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Crashes a broker under load again and again, starts it on the same folder and port, and looks in
 * the end whether everything that was acknowledged has arrived.
 */
final class LedgerRun {
  private static final int EARLIEST_MILLIS = 50;
  private static final int LATEST_MILLIS = 1500;

  /** One start in so many is with two shards; the folder is the same. */
  private static final int TWO_SHARDS_ONE_OF = 4;

  private static final List<String> ALL_TOPICS = List.of("a/#", "r/#");

  private final Settings settings;
  private final Stage stage;
  private final Crash crash;
  private final PrintStream progress;
  private final Random random;
  private final Loop loop;
  private final Ledger ledger;
  private final Cast cast;

  private LedgerRun(Settings settings, Stage stage, Crash crash, PrintStream progress) {
    this.settings = settings;
    this.stage = stage;
    this.crash = crash;
    this.progress = progress;
    this.random = new Random(settings.seed());
    this.loop = stage.loop();
    this.ledger = stage.ledger();
    this.cast = new Cast(loop, ledger, random);
  }

  /**
   * @param name of the run, and of the folder for its logs
   */
  static LedgerResult run(String name, Settings settings, CrashKind kind, PrintStream progress)
      throws IOException, InterruptedException {
    try (Stage stage = new Stage(name, settings);
        Crash crash = kind.in(stage.work())) {
      try {
        new LedgerRun(settings, stage, crash, progress).rounds();
      } catch (StartFailure e) {
        stage.ledger().found(Fault.BROKER, "start", String.valueOf(e.getMessage()));
      }
      return stage.result();
    }
  }

  /** Makes what crashes brokers, in a folder. */
  interface CrashKind {
    Crash in(Path work) throws IOException, InterruptedException;
  }

  private void rounds() throws IOException, InterruptedException {
    Launch any = new Launch(stage.jar(), List.of(), crash.data(), 0, 1, settings.options());
    Launch launch = any.onPort(subscribeAll(any));
    for (int round = 1; round <= settings.rounds(); round++) {
      int drawn = random.nextInt(TWO_SHARDS_ONE_OF) == 0 ? 2 : 1;
      int shards = settings.shards() == 0 ? drawn : settings.shards();
      try (BrokerJvm broker = BrokerJvm.start(launch.withShards(shards), stage.log())) {
        stage.started(broker);
        ledger.event("round " + round, "begins with " + shards + " shards");
        RetainedReader.read(loop, ledger, "reader-" + round, broker.port(), ALL_TOPICS);
        loadAndCrash(broker);
        stage.complaints(broker);
      }
      crash.recover();
      progress(round);
    }
    try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
      stage.started(broker);
      stage.finish(broker.port(), cast.publishers(), cast.readers());
      RetainedReader.read(loop, ledger, "reader-last", broker.port(), ALL_TOPICS);
      broker.stop();
      stage.complaints(broker);
    }
  }

  /** An orderly life first, which leaves the class archive and all subscriptions. */
  private int subscribeAll(Launch launch) throws IOException, InterruptedException {
    try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
      cast.readers().forEach(reader -> reader.client().online(broker.port()));
      stage.awaitSubscribed(cast.readers());
      cast.clients().forEach(Client::offline);
      broker.stop();
      stage.complaints(broker);
      return broker.port();
    }
  }

  private void loadAndCrash(BrokerJvm broker) throws IOException, InterruptedException {
    int crashMillis = EARLIEST_MILLIS + random.nextInt(LATEST_MILLIS - EARLIEST_MILLIS);
    cast.publishers().forEach(publisher -> publisher.mayBegin(Long.MAX_VALUE));
    cast.comeOnline(broker.port());
    cast.unrest(broker.port(), crashMillis);
    loop.run(() -> !broker.isAlive(), crashMillis);
    if (!broker.isAlive()) {
      ledger.found(Fault.BROKER, "process", "it ended by itself");
    }
    crash.strike(broker);
    cast.clients().forEach(Client::stay);
    loop.run(() -> cast.clients().stream().allMatch(Client::isClosed), Stage.LIMIT_MILLIS);
    broker.kill();
  }

  private void progress(int round) {
    if (round % 10 == 0 || settings.rounds() < 10) {
      progress.printf(
          "round %d of %d: %d sent, %d acknowledged, %d received, %d faults so far%n",
          round,
          settings.rounds(),
          ledger.sentCount(),
          ledger.acknowledgedCount(),
          ledger.receivedCount(),
          ledger.findings().total());
    }
  }
}
