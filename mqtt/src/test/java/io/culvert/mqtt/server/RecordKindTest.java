package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.TopicName;
import org.junit.jupiter.api.Test;

class RecordKindTest {
  @Test
  void everyKeyOfABrokerHasAName() {
    int bucket = RecordKeys.bucket("client");
    assertThat(RecordKind.of(RecordKeys.ofKind(bucket, 300, RecordKeys.SESSION)))
        .isEqualTo("sessions");
    assertThat(RecordKind.of(RecordKeys.subscription(bucket, 300, "a/#")))
        .isEqualTo("subscriptions");
    assertThat(RecordKind.of(RecordKeys.packet(bucket, 300, RecordKeys.RECEIVED, 7)))
        .isEqualTo("QoS 2 messages that were received and not released");
    assertThat(RecordKind.of(RecordKeys.packet(bucket, 300, RecordKeys.SENT, 7)))
        .isEqualTo("packet identifiers in use");
    assertThat(RecordKind.of(RecordKeys.queued(bucket, 300, 1)))
        .isEqualTo("messages that wait or are not acknowledged");
    assertThat(RecordKind.of(RecordKeys.spread(bucket, 300, 7, 1, 0)))
        .isEqualTo("QoS 2 messages that are being passed on");
    assertThat(RecordKind.of(RecordKeys.retained(TopicName.of("a/b"))))
        .isEqualTo("retained messages");
    assertThat(RecordKind.of(RecordKeys.payload(5))).isEqualTo("payloads of several sessions");
  }

  @Test
  void whatIsNoneOfABrokerIsNamedSo() {
    for (String key : new String[] {"", "@", "~", "\u0001", "\u0001short"}) {
      assertThat(RecordKind.of(Bytes.utf8(key))).as(key).isEqualTo("others");
    }
    byte[] unknownKind = new byte[10];
    unknownKind[9] = 99;
    assertThat(RecordKind.of(Bytes.wrap(unknownKind))).isEqualTo("others");
  }
}
