package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Jar;
import io.culvert.conformance.faults.client.Client;
import io.culvert.conformance.faults.client.Loop;
import io.culvert.conformance.faults.client.Publisher;
import io.culvert.conformance.faults.client.Reader;
import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Findings;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.LedgerCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Where a run takes place: one thread for its clients, one ledger, and the logs, in a folder of its
 * name.
 */
final class Stage implements AutoCloseable {
  static final int LIMIT_MILLIS = 30_000;

  private static final int QUIET_MILLIS = 300;
  private static final int PATIENCE_MILLIS = 10_000;

  private final String name;
  private final Settings settings;
  private final Path work;
  private final PrintWriter log;
  private final Loop loop;
  private final Ledger ledger;
  private final List<Long> readyMillis = new ArrayList<>();

  Stage(String name, Settings settings) throws IOException {
    this.name = name;
    this.settings = settings;
    this.work = Files.createDirectories(settings.work().resolve(name)).toAbsolutePath();
    this.log = writer(work.resolve("broker.log"));
    this.loop = new Loop();
    this.ledger = new Ledger(writer(work.resolve("events.log")));
  }

  Path work() {
    return work;
  }

  /** All runs share the class archive. */
  Jar jar() {
    return Jar.built(settings.work());
  }

  PrintWriter log() {
    return log;
  }

  Loop loop() {
    return loop;
  }

  Ledger ledger() {
    return ledger;
  }

  /** Remembers how long the start took. */
  void started(BrokerJvm broker) {
    readyMillis.add(broker.readyMillis());
  }

  /** Lets clients work until something is true; that it does not become true is a finding. */
  boolean await(String what, BooleanSupplier until, int limitMillis) throws IOException {
    boolean came = loop.run(until, limitMillis);
    if (!came) {
      ledger.found(Fault.NOT_ANSWERED, name, "not within " + limitMillis + " ms: " + what);
    }
    return came;
  }

  void awaitSubscribed(List<Reader> readers) throws IOException {
    await("SUBACK", () -> readers.stream().allMatch(Reader::isSubscribed), LIMIT_MILLIS);
  }

  /** What the broker's log says of errors is a finding. */
  void complaints(BrokerJvm broker) {
    broker.complaints().forEach(line -> ledger.found(Fault.BROKER, "log", line));
  }

  /** Everybody is there, nothing new is begun, and what is owed is waited for. */
  void finish(int port, List<Publisher> publishers, List<Reader> readers) throws IOException {
    List<Client> clients = new ArrayList<>();
    publishers.forEach(publisher -> clients.add(publisher.client()));
    readers.forEach(reader -> clients.add(reader.client()));
    publishers.forEach(publisher -> publisher.mayBegin(0));
    readers.forEach(Reader::hurry);
    clients.forEach(client -> client.online(port));
    await(
        "the last acknowledgements",
        () -> publishers.stream().allMatch(Publisher::isIdle),
        LIMIT_MILLIS);
    long quiet = QUIET_MILLIS;
    do {
      awaitQuiet(readers, quiet);
      quiet *= 2;
    } while (LedgerCheck.missing(ledger) > 0 && quiet < PATIENCE_MILLIS);
  }

  LedgerResult result() {
    Findings findings = LedgerCheck.all(ledger);
    long dealtTwice = LedgerCheck.dealtTwice(ledger);
    if (dealtTwice > 0 && settings.shards() == 1) { // nobody hands anything to another shard
      findings.add(Fault.DOUBLED, "groups", dealtTwice + " messages reached two members");
    }
    return LedgerResult.of(name, settings, readyMillis, ledger, dealtTwice, findings);
  }

  @Override
  public void close() throws IOException {
    loop.close();
    log.close();
    ledger.close();
  }

  /** Nobody has received anything for a while. */
  void awaitQuiet(List<Reader> readers, long quietMillis) throws IOException {
    long began = Loop.nowMillis();
    BooleanSupplier quiet =
        () -> {
          long last = readers.stream().mapToLong(Reader::lastReceivedMillis).max().orElse(0);
          return Loop.nowMillis() - Math.max(began, last) >= quietMillis;
        };
    while (!loop.run(quiet, LIMIT_MILLIS)) {
      ledger.event(name, "messages still come");
    }
  }

  private static PrintWriter writer(Path file) throws IOException {
    return new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
  }
}
