package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.Kill;
import io.culvert.conformance.faults.broker.Mount;
import io.culvert.conformance.faults.broker.PowerLoss;
import io.culvert.conformance.faults.broker.Shell;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command {@code conformance/faults}: runs what is asked for, and prints tables in Markdown.
 */
public final class Faults {
  private static final int FAULTS_FOUND = 1;
  private static final int WRONG_ARGUMENTS = 2;

  private final Arguments arguments;
  private final PrintStream out;
  private final List<LedgerResult> ledgers = new ArrayList<>();
  private final List<DamageResult> damages = new ArrayList<>();
  private final List<String> untested = new ArrayList<>();

  private Faults(Arguments arguments, PrintStream out) {
    this.arguments = arguments;
    this.out = out;
  }

  public static void main(String[] words) throws IOException, InterruptedException {
    Arguments arguments;
    try {
      arguments = Arguments.parse(words);
    } catch (IllegalArgumentException e) {
      System.err.println("conformance/faults: " + e.getMessage());
      System.err.print(Arguments.USAGE);
      System.exit(WRONG_ARGUMENTS);
      return;
    }
    if (arguments.help()) {
      System.out.print(Arguments.USAGE);
      return;
    }
    System.exit(new Faults(arguments, System.out).run());
  }

  private int run() throws IOException, InterruptedException {
    Files.createDirectories(arguments.work());
    out.println("--seed " + arguments.seed() + ", logs are in " + arguments.work());
    String whyNoMounts = Mount.whyNot(arguments.work());
    if (arguments.wants("ledger")) {
      ledger();
    }
    if (whyNoMounts.isEmpty()) {
      disks();
    } else if (arguments.wants("power") || arguments.wants("disk")) {
      untested.add("power, disk: nothing can be mounted here: " + whyNoMounts);
    }
    if (arguments.wants("clock")) {
      clocks();
    }
    if (arguments.wants("damage")) {
      damages.addAll(DamageRun.run(arguments.settings(20), out));
    }
    out.println();
    out.print(report());
    if (arguments.write()) {
      Page.write(Path.of(System.getProperty("culvert.faults.page")), machine() + report());
    }
    boolean good =
        ledgers.stream().allMatch(LedgerResult::isGood)
            && damages.stream().allMatch(DamageResult::isGood);
    return good ? 0 : FAULTS_FOUND;
  }

  private void ledger() throws IOException, InterruptedException {
    add(LedgerRun.run("kill -9", arguments.settings(200), Kill::in, out));
  }

  private void disks() throws IOException, InterruptedException {
    if (arguments.wants("power")) {
      add(LedgerRun.run("power loss", arguments.settings(100), PowerLoss::in, out));
    }
    if (arguments.wants("disk")) {
      add(FullDisk.run(arguments.settings(1)));
      add(DyingDisk.run(arguments.settings(1)));
      if (Shell.has("strace")) {
        for (int which : SyncErrors.which()) {
          add(SyncErrors.run(arguments.settings(1), which, false));
          add(SyncErrors.run(arguments.settings(1), which, true));
        }
      } else {
        untested.add("errors of fsync: strace is not installed");
      }
    }
  }

  private void clocks() throws IOException, InterruptedException {
    Optional<Path> library = Clocks.library();
    if (library.isEmpty()) {
      untested.add("clock: libfaketime is not installed");
    } else {
      add(Clocks.run(arguments.settings(1), library.get(), true));
      add(Clocks.run(arguments.settings(1), library.get(), false));
    }
  }

  private void add(LedgerResult result) {
    ledgers.add(result);
    out.println(result.name() + ": " + (result.isGood() ? "good" : "FAULTS"));
    out.print(result.findings().text());
  }

  private String machine() {
    return "Seed %d, Linux %s, %d processors, Java %s.%n%n"
        .formatted(
            arguments.seed(),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"));
  }

  private String report() {
    StringBuilder report = new StringBuilder();
    if (!ledgers.isEmpty()) {
      report.append(LedgerResult.table(ledgers)).append('\n');
    }
    if (!damages.isEmpty()) {
      report.append(DamageResult.table(damages)).append('\n');
      damages.forEach(damage -> report.append(damage.findings().text()));
    }
    untested.forEach(what -> report.append("Not tested: ").append(what).append('\n'));
    return report.toString();
  }
}
