package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Launch;
import io.culvert.conformance.faults.broker.StartFailure;
import io.culvert.conformance.faults.ledger.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A clock that jumps by an hour between a kill and the next start. Expiry times are stored as times
 * of day: forward, what had half an hour to live is gone, and what had two hours is there;
 * backward, all of it is there. A jump while the broker runs cuts nobody off and ends nothing.
 */
final class Clocks {
  private static final String HOUR = "3600";
  private static final int HALF_AN_HOUR_SECONDS = 1800;
  private static final int TWO_HOURS_SECONDS = 7200;

  /** The library looks at the file once a second. */
  private static final int NOTICED_AFTER_MILLIS = 1500;

  private static final Path LIBRARIES = Path.of("/usr/lib");

  private final Stage stage;
  private final Path clock;
  private final Launch launch;

  private Clocks(Settings settings, Stage stage, Path library) {
    this.stage = stage;
    this.clock = stage.work().resolve("clock");
    List<String> wrapper =
        List.of(
            "env",
            "LD_PRELOAD=" + library,
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "DONT_FAKE_MONOTONIC=1",
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_TIMESTAMP_FILE=" + clock);
    Path data = stage.work().resolve("data");
    this.launch = new Launch(stage.jar(), wrapper, data, 0, 1, settings.options());
  }

  /** The library that makes clocks jump, if it is installed (Debian: faketime). */
  static Optional<Path> library() throws IOException {
    try (Stream<Path> files =
        Files.find(
            LIBRARIES, 3, (path, attributes) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
      return files.findFirst();
    }
  }

  static LedgerResult run(Settings settings, Path library, boolean forward)
      throws IOException, InterruptedException {
    try (Stage stage = new Stage(forward ? "clock-forward" : "clock-backward", settings)) {
      try {
        new Clocks(settings, stage, library).jump(forward);
      } catch (StartFailure e) {
        stage.ledger().found(Fault.BROKER, "start", String.valueOf(e.getMessage()));
      }
      return stage.result();
    }
  }

  private void jump(boolean forward) throws IOException, InterruptedException {
    setClock("+0");
    try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
      stage.started(broker);
      keep(broker.port());
      broker.kill();
    }
    setClock((forward ? "+" : "-") + HOUR);
    Set<String> all = new TreeSet<>(Set.of("half", "ever"));
    try (BrokerJvm broker = BrokerJvm.start(launch, stage.log())) {
      stage.started(broker);
      look(broker.port(), "short", HALF_AN_HOUR_SECONDS, !forward, forward ? Set.of() : all);
      look(broker.port(), "long", TWO_HOURS_SECONDS, true, forward ? Set.of("ever") : all);
      try (Visitor visitor = Visitor.connect(broker.port(), "retained", 0)) {
        visitor.subscribe("r/#");
        Set<String> wanted = forward ? Set.of("ever") : all;
        expect("retained messages", wanted, visitor.receive(wanted));
      }
      jumpWhileItRuns(broker, forward);
      broker.stop();
    }
  }

  /** Sessions and messages that expire after half an hour, after two hours, or never. */
  private void keep(int port) throws IOException {
    Visitor.connect(port, "short", HALF_AN_HOUR_SECONDS).subscribeAndGo("t/#");
    Visitor.connect(port, "long", TWO_HOURS_SECONDS).subscribeAndGo("t/#");
    try (Visitor publisher = Visitor.connect(port, "publisher", 0)) {
      for (String topic : List.of("t/", "r/")) {
        boolean retain = topic.equals("r/");
        publisher.publish(topic + "half", retain, "half", HALF_AN_HOUR_SECONDS);
        publisher.publish(topic + "ever", retain, "ever", 0);
      }
    }
  }

  private void look(int port, String name, int expirySeconds, boolean present, Set<String> wanted)
      throws IOException {
    try (Visitor visitor = Visitor.connect(port, name, expirySeconds)) {
      if (visitor.sessionPresent() != present) {
        String what = "session present is " + visitor.sessionPresent();
        stage.ledger().found(Fault.UNEXPECTED, name, what);
      }
      expect(name, wanted, visitor.receive(wanted));
    }
  }

  private void jumpWhileItRuns(BrokerJvm broker, boolean forward) throws IOException {
    try (Visitor visitor = Visitor.connect(broker.port(), "running", HALF_AN_HOUR_SECONDS)) {
      visitor.subscribe("x");
      setClock(forward ? "+7200" : "-7200");
      stage.loop().run(() -> !broker.isAlive(), NOTICED_AFTER_MILLIS);
      expect("a client that is connected", Set.of(), visitor.receive(Set.of()));
    }
    look(broker.port(), "running", HALF_AN_HOUR_SECONDS, true, Set.of());
  }

  private void expect(String where, Set<String> wanted, Set<String> found) {
    if (!found.equals(wanted)) {
      stage.ledger().found(Fault.UNEXPECTED, where, "wanted " + wanted + ", found " + found);
    }
  }

  private void setClock(String offset) throws IOException {
    Files.writeString(clock, offset + "\n");
  }
}
