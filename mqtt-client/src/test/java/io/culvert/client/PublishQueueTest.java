package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishQueueTest {
  @Test
  void whatIsOnItsWayToTheStoreFailsOnceWhenTheClientIsClosed() {
    ForgetfulJournal journal = ForgetfulJournal.empty();
    PublishQueue queue =
        new PublishQueue(
            ClientSession.continuing(10),
            new PublishLimits(10, 1 << 20, 3, 1, 10, false),
            new PublishRecords(journal, "c", 0),
            () -> 1);
    List<String> ends = new ArrayList<>();
    Message message =
        Message.of(
            TopicName.of("t"), Bytes.utf8("x"), QoS.AT_LEAST_ONCE, false, Properties.EMPTY, 1);
    queue.publish(message, true, completion(ends), 1);
    queue.close(MqttClientException.of(MqttClientFailure.CLOSED, "closed"));
    assertThat(ends).containsExactly("CLOSED");
    journal.settle();
    assertThat(ends).containsExactly("CLOSED");
    assertThat(journal.size()).as("the next process sends it").isEqualTo(1);
  }

  private static Outgoing.Completion completion(List<String> ends) {
    return new Outgoing.Completion() {
      @Override
      public void accepted(ReasonCode code, Properties properties) {
        ends.add("accepted");
      }

      @Override
      public void failed(MqttClientException failure) {
        ends.add(failure.failure().name());
      }
    };
  }
}
