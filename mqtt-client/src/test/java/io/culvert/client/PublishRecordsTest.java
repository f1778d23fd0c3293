package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process finds of an earlier one, also where it is damaged. */
class PublishRecordsTest {
  private final ForgetfulJournal journal = ForgetfulJournal.empty();
  private final PublishRecords records = new PublishRecords(journal, "c", 1000);
  private final List<String> damages = new ArrayList<>();

  @Test
  void messagesComeBackAsTheyWere() {
    Properties properties =
        Properties.builder()
            .put(Property.MESSAGE_EXPIRY_INTERVAL, 60)
            .put(Property.CONTENT_TYPE, "toy")
            .userProperty("a", "b")
            .build();
    Message message =
        Message.of(TopicName.of("a/ü"), Bytes.utf8("x"), QoS.EXACTLY_ONCE, true, properties, 5000);
    records.add(1, message, () -> {});
    records.add(2, message("y"), () -> {});
    records.assign(1, 65_535, () -> {});
    records.received(1, 65_535, () -> {});

    List<PublishRecords.Found> found = load(3000); // the clock of another process
    assertThat(found).hasSize(2);
    PublishRecords.Found first = found.get(0);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.packetId()).isEqualTo(65_535);
    assertThat(first.received()).isTrue();
    assertThat(first.message().topic()).hasToString("a/ü");
    assertThat(first.message().payload()).isEqualTo(Bytes.utf8("x"));
    assertThat(first.message().qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(first.message().retain()).isTrue();
    assertThat(first.message().properties().text(Property.CONTENT_TYPE)).isEqualTo("toy");
    assertThat(first.message().expiresAtMillis())
        .as("the same moment")
        .isEqualTo(message.expiresAtMillis() + 1000 - 3000);
    assertThat(found.get(1).packetId()).isZero();
    assertThat(found.get(1).message().expiresAtMillis()).isEqualTo(Message.NEVER);
    assertThat(damages).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "02", // a format of the future
        "0102", // cut off
        "01020000000000000000ffff00000000", // a topic longer than the record
        "01020000000000000000000100000000", // a topic that is not there
        "010200000000000000000001ffffffff74", // properties of a negative length
        "010700000000000000000001" + "00000000" + "74", // QoS 3
        "010200000000000000000000" + "00000000", // no topic
        "010200000000000000000001" + "00000000" + "23", // a wildcard for a topic
        "010200000000000000000001" + "00000002" + "74" + "ff00", // a property that does not exist
        "010200000000000000000001" + "00000002" + "74" + "2201" // a property cut off
      })
  void aDamagedMessageIsToldAndRemovedAndHarmsNoOther(String hex) {
    records.add(1, message("before"), () -> {});
    put('m', 2, Bytes.hex(hex));
    records.add(3, message("behind"), () -> {});
    assertThat(load(1000))
        .extracting(each -> each.message().payload().toUtf8())
        .containsExactly("before", "behind");
    assertThat(damages).hasSize(1);
    assertThat(damages.get(0)).contains("message 2");
    damages.clear();
    assertThat(load(1000)).hasSize(2);
    assertThat(damages).as("it was removed").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "01", "0100", "02000001", "01000000", "01050001"})
  void aDamagedStateIsTold(String hex) {
    records.add(1, message("x"), () -> {});
    put('s', 1, Bytes.hex(hex));
    assertThat(load(1000)).isEmpty();
    assertThat(damages).hasSize(1);
  }

  @Test
  void aStateWithoutItsMessageIsTold() {
    records.assign(7, 1, () -> {});
    assertThat(load(1000)).isEmpty();
    assertThat(damages).hasSize(1);
    assertThat(damages.get(0)).contains("there is no message");
  }

  @Test
  void twoMessagesUnderOneIdentifierCannotBothBe() {
    records.add(1, message("x"), () -> {});
    records.add(2, message("y"), () -> {});
    records.assign(1, 5, () -> {});
    records.assign(2, 5, () -> {});
    assertThat(load(1000)).extracting(PublishRecords.Found::number).containsExactly(1L);
    assertThat(damages).hasSize(1);
  }

  @Test
  void recordsOfOtherClientsAreLeftAlone() {
    PublishRecords other = new PublishRecords(journal, "c2", 1000);
    other.add(1, message("of c2"), () -> {});
    records.add(1, message("of c"), () -> {});
    assertThat(load(1000))
        .extracting(each -> each.message().payload().toUtf8())
        .containsExactly("of c");
    assertThat(journal.size()).isEqualTo(2);
  }

  private List<PublishRecords.Found> load(long wallOffsetMillis) {
    journal.settle();
    List<PublishRecords.Found> found = new ArrayList<>();
    new PublishRecords(journal, "c", wallOffsetMillis).load(damages::add, found::addAll);
    journal.settle();
    return found;
  }

  private void put(char kind, long number, Bytes value) {
    ByteBuffer key = ByteBuffer.allocate(12);
    key.put((byte) 241).put((byte) 'c').put((byte) 0).put((byte) kind).putLong(number);
    journal.append(new JournalBatch().put(Bytes.wrap(key.array()), value), () -> {});
  }

  private static Message message(String text) {
    return Message.of(
        TopicName.of("t"), Bytes.utf8(text), QoS.AT_LEAST_ONCE, false, Properties.EMPTY, 1);
  }
}
