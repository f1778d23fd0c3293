package io.culvert.conformance.faults;

import io.culvert.conformance.faults.client.Flow;
import io.culvert.conformance.faults.client.Identity;
import io.culvert.conformance.faults.client.Pace;
import io.culvert.conformance.faults.client.Publisher;
import io.culvert.conformance.faults.client.Reader;
import io.culvert.conformance.faults.ledger.Fault;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.Subscriber;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/**
 * Publishers of both versions whose messages go to one durable subscriber that is away, so that the
 * broker has to keep them all.
 */
final class Traffic {
  private static final int QUIET_MILLIS = 1000;

  private final Stage stage;
  private final Ledger ledger;
  private final Publisher five;
  private final Publisher four;
  private final Reader away;

  /**
   * @param perSecond of each publisher
   * @param leastBytes of each payload
   */
  Traffic(Stage stage, long seed, int perSecond, int leastBytes) {
    this(stage, stage.ledger(), seed, perSecond, leastBytes);
  }

  /**
   * @param ledger another one than that of the stage
   */
  Traffic(Stage stage, Ledger ledger, long seed, int perSecond, int leastBytes) {
    this.stage = stage;
    this.ledger = ledger;
    Pace pace = new Pace(perSecond, 20, leastBytes, 0);
    this.five =
        new Publisher(
            stage.loop(),
            ledger,
            Identity.durable("five", 5),
            List.of(new Flow("d/five/1", 1, false), new Flow("d/five/2", 2, false)),
            pace,
            new Random(seed));
    this.four =
        new Publisher(
            stage.loop(),
            ledger,
            Identity.durable("four", 4),
            List.of(new Flow("d/four/1", 1, false), new Flow("d/four/2", 2, false)),
            pace,
            new Random(seed + 1));
    this.away =
        new Reader(
            stage.loop(),
            ledger,
            Identity.durable("away", 5),
            Subscriber.alone("away", "d/#", 2),
            0);
    five.client().mayBeRefused(true);
    four.client().mayBeRefused(true);
  }

  Publisher five() {
    return five;
  }

  Publisher four() {
    return four;
  }

  /** Subscribes, and is away from then on. */
  void subscribe(int port) throws IOException {
    away.client().online(port);
    stage.awaitSubscribed(List.of(away));
    away.client().offline();
  }

  void publish(int port) {
    for (Publisher publisher : List.of(five, four)) {
      publisher.mayBegin(Long.MAX_VALUE);
      publisher.client().online(port);
    }
  }

  /** Begins with nothing new. */
  void rest() {
    five.mayBegin(0);
    four.mayBegin(0);
  }

  boolean isIdle() {
    return five.isIdle() && four.isIdle();
  }

  /** Only receives what is kept, until nothing more comes. */
  void receive(int port) throws IOException {
    away.client().online(port);
    stage.await("a connection", away.client()::isConnected, Stage.LIMIT_MILLIS);
    stage.awaitQuiet(List.of(away), QUIET_MILLIS);
    away.client().offline();
  }

  void stop() {
    five.client().offline();
    four.client().offline();
  }

  /** All acknowledged, all received. */
  void finish(int port) throws IOException {
    stage.finish(port, List.of(five, four), List.of(away));
    if (ledger.acknowledgedCount() == 0) {
      ledger.found(Fault.NOT_ANSWERED, "publishers", "nothing was ever acknowledged");
    }
  }
}
