package io.culvert.conformance.faults.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;

/** What a reader of retained messages may find, and what it may not. */
class RetainedReadingTest {
  private static final String TOPIC = "r/t";

  private final Ledger ledger = new Ledger(new PrintWriter(Writer.nullWriter()));
  private long sequence;

  @Test
  void lastCompletedOneOrAnyLaterOneIsGood() {
    completed(64);
    Message last = completed(64);
    Message later = retain(64);
    for (Message good : new Message[] {last, later}) {
      RetainedReading reading = ledger.readRetained();
      assertThat(reading.isComplete()).isFalse();
      reading.found(TOPIC, good.payload());
      assertThat(reading.isComplete()).isTrue();
      reading.end();
    }
    assertThat(ledger.findings().text()).isEmpty();
  }

  @Test
  void olderOneIsFound() {
    Message old = completed(64);
    completed(64);
    RetainedReading reading = ledger.readRetained();
    reading.found(TOPIC, old.payload());
    reading.end();
    assertThat(ledger.findings().text())
        .contains("1 x RETAINED")
        .contains("p/r/t/1 (QoS 1, retained), but p/r/t/2");
  }

  @Test
  void missingOneIsFound() {
    completed(64);
    ledger.readRetained().end();
    assertThat(ledger.findings().text()).contains("1 x RETAINED").contains("none, but p/r/t/1");
  }

  @Test
  void nothingIsGoodAfterADeletionAndBeforeAnythingIsCompleted() {
    retain(64);
    RetainedReading early = ledger.readRetained();
    assertThat(early.isComplete()).isTrue();
    early.end();
    completed(64);
    retain(0);
    RetainedReading perhapsDeleted = ledger.readRetained();
    assertThat(perhapsDeleted.isComplete()).isTrue();
    perhapsDeleted.end();
    assertThat(ledger.findings().text()).isEmpty();
  }

  @Test
  void whatWasDeletedMustNotBeThere() {
    Message deleted = completed(64);
    completed(0);
    RetainedReading reading = ledger.readRetained();
    reading.found(TOPIC, deleted.payload());
    reading.end();
    assertThat(ledger.findings().text()).contains("1 x RETAINED");
  }

  @Test
  void whatNobodySentIsFound() {
    Message message = completed(64);
    RetainedReading reading = ledger.readRetained();
    reading.found("r/other", message.payload());
    reading.found(TOPIC, new byte[] {1});
    assertThat(ledger.findings().text()).contains("2 x NEVER_SENT");
  }

  private Message retain(int sizeBytes) {
    return ledger.send("p", TOPIC, 1, true, ++sequence, sizeBytes);
  }

  private Message completed(int sizeBytes) {
    Message message = retain(sizeBytes);
    ledger.acknowledged(message);
    ledger.completed(message);
    return message;
  }
}
