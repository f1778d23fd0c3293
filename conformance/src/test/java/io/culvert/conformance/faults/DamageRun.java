package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Damage;
import io.culvert.conformance.faults.broker.Folders;
import io.culvert.conformance.faults.broker.Launch;
import io.culvert.conformance.faults.broker.StartFailure;
import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Findings;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.LedgerCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Damages the store of a broker that has ended, in an orderly way or by a kill, and starts it: it
 * must start, and whatever it then delivers was sent. What is lost is counted; the log, or {@code
 * culvert store check}, should name it.
 */
final class DamageRun {
  private static final int LOAD_MILLIS = 1500;
  private static final Pattern NAMED =
      Pattern.compile(
          "\\bset aside\\b|\\bdamaged?\\b(?!-)|\\b(is|are) lost\\b", Pattern.CASE_INSENSITIVE);

  private final Settings settings;
  private final Stage stage;
  private final PrintStream progress;
  private final Path data;
  private final Launch launch;

  private DamageRun(Settings settings, Stage stage, PrintStream progress) {
    this.settings = settings;
    this.stage = stage;
    this.progress = progress;
    this.data = stage.work().resolve("data");
    this.launch = new Launch(stage.jar(), List.of(), data, 0, 1, settings.options());
  }

  static List<DamageResult> run(Settings settings, PrintStream progress)
      throws IOException, InterruptedException {
    List<DamageResult> results = new ArrayList<>();
    for (boolean killed : new boolean[] {false, true}) {
      try (Stage stage = new Stage(killed ? "damage-after-kill" : "damage-after-stop", settings)) {
        results.addAll(new DamageRun(settings, stage, progress).all(killed));
      }
    }
    return results;
  }

  private List<DamageResult> all(boolean killed) throws IOException, InterruptedException {
    Path base = stage.work().resolve("base");
    Folders.delete(data);
    write(killed);
    Folders.copy(data, base);
    List<DamageResult> results = new ArrayList<>();
    for (Damage damage : Damage.values()) {
      DamageResult result = damaged(damage, base, killed ? "kill -9" : "SIGTERM");
      results.add(result);
      progress.print(DamageResult.table(List.of(result)).lines().skip(2).findFirst().orElse(""));
      progress.println();
    }
    return results;
  }

  /** Two lives, so that there are sorted files as well as a log. */
  private void write(boolean killed) throws IOException, InterruptedException {
    Traffic traffic = new Traffic(stage, settings.seed(), 300, 64);
    for (int life = 1; life <= 2; life++) {
      try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
        if (life == 1) {
          traffic.subscribe(broker.port());
        }
        traffic.publish(broker.port());
        stage.loop().run(() -> !broker.isAlive(), LOAD_MILLIS);
        traffic.rest();
        stage.await("acknowledgements", traffic::isIdle, Stage.LIMIT_MILLIS);
        traffic.stop();
        if (killed && life == 2) {
          broker.kill();
        } else {
          broker.stop();
        }
      }
    }
  }

  private DamageResult damaged(Damage damage, Path base, String after)
      throws IOException, InterruptedException {
    Random random = new Random(settings.seed());
    Findings findings = new Findings();
    int complete = 0;
    int named = 0;
    int checked = 0;
    int silent = 0;
    long lost = 0;
    for (int round = 1; round <= settings.rounds(); round++) {
      Folders.copy(base, data);
      String what = damage + " round " + round + ": " + damage.to(data.resolve("store"), random);
      stage.log().println("--- " + what);
      boolean found = stage.jar().run("store", "check", "--data", data.toString()) == 1;
      Ledger ledger = stage.ledger().withoutReceipts();
      boolean says = false;
      try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
        Traffic traffic = new Traffic(stage, ledger, settings.seed(), 300, 64);
        traffic.receive(broker.port());
        says = broker.lines().stream().anyMatch(line -> NAMED.matcher(line).find());
        broker.kill();
      } catch (StartFailure e) {
        findings.add(Fault.BROKER, damage.name(), what + ": " + lastWords(e));
      }
      long missing = LedgerCheck.missing(ledger);
      ledger.findings().kept().stream()
          .filter(finding -> finding.fault() == Fault.NEVER_SENT)
          .forEach(finding -> findings.add(Fault.NEVER_SENT, damage.name(), what + ": " + finding));
      stage
          .log()
          .println("--- " + what + ": " + missing + " lost, log " + says + ", check " + found);
      lost += missing;
      complete += missing == 0 ? 1 : 0;
      named += says ? 1 : 0;
      checked += found ? 1 : 0;
      silent += missing > 0 && !says && !found ? 1 : 0;
    }
    long each = stage.ledger().acknowledgedCount();
    return new DamageResult(
        damage, after, settings.rounds(), each, complete, named, checked, lost, silent, findings);
  }

  /** The line that is for people. */
  private static String lastWords(StartFailure failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .filter(line -> line.startsWith("culvert:"))
        .findFirst()
        .orElse("nothing is said");
  }
}
