package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The same random messages through our client and through HiveMQ's: each must see of the other's
 * messages, and of its own, the same.
 */
class HiveMqDifferenceTest {
  private static final int MESSAGES = 200;

  private final Vertx vertx = Vertx.vertx();
  private InProcessBroker broker;
  private Mqtt5AsyncClient hive;
  private MqttClient own;

  @BeforeEach
  void connect() throws Exception {
    broker = InProcessBroker.start();
    hive =
        Mqtt5Client.builder()
            .identifier("hive")
            .serverHost("127.0.0.1")
            .serverPort(broker.port(0))
            .buildAsync();
    hive.connect().join();
    own =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setAddresses(broker.address())
                .setTopicAliases(true)
                .setTopicAliasMaximum(10));
    await(own.connect());
  }

  @AfterEach
  void stop() throws Exception {
    hive.disconnect().join();
    await(vertx.close());
    broker.close();
  }

  @Test
  void bothSeeTheSame() throws Exception {
    BlockingQueue<Seen> byOwn = new LinkedBlockingQueue<>();
    BlockingQueue<Seen> byHive = new LinkedBlockingQueue<>();
    hive.subscribeWith()
        .topicFilter("d/#")
        .qos(MqttQos.EXACTLY_ONCE)
        .callback(message -> byHive.add(seen(message)))
        .send()
        .join();
    await(own.subscribe("d/#", QoS.EXACTLY_ONCE, message -> byOwn.add(seen(message))));
    Random random = new Random(4711);
    for (int i = 0; i < MESSAGES; i++) {
      Seen wanted = random(random, i);
      if (random.nextBoolean()) {
        await(own.publish(outgoing(wanted)));
      } else {
        hive.publish(publish(wanted)).join();
      }
      assertThat(next(byOwn)).isEqualTo(wanted);
      assertThat(next(byHive)).isEqualTo(wanted);
    }
  }

  private static Seen random(Random random, int number) {
    byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
    boolean text = random.nextBoolean();
    if (text) {
      Arrays.fill(payload, (byte) ('a' + number % 26));
    } else {
      random.nextBytes(payload);
    }
    List<String> userProperties = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      userProperties.add("n" + random.nextInt(2) + "=ü" + random.nextInt(10));
    }
    return new Seen(
        "d/" + random.nextInt(5) + "/ünï",
        QoS.of(random.nextInt(3)),
        Buffer.buffer(payload),
        text,
        random.nextBoolean() ? "type/" + number : null,
        random.nextBoolean() ? "answers/" + number : null,
        random.nextBoolean() ? Buffer.buffer().appendInt(number) : null,
        userProperties);
  }

  private static OutgoingMessage outgoing(Seen wanted) {
    OutgoingMessage message = OutgoingMessage.of(wanted.topic, wanted.payload, wanted.qos);
    if (wanted.text) {
      message =
          message.withProperties(message.properties().with(Property.PAYLOAD_FORMAT_INDICATOR, 1));
    }
    if (wanted.contentType != null) {
      message = message.withContentType(wanted.contentType);
    }
    if (wanted.responseTopic != null) {
      message = message.withResponseTopic(wanted.responseTopic);
    }
    if (wanted.correlation != null) {
      message = message.withCorrelationData(wanted.correlation);
    }
    for (String pair : wanted.userProperties) {
      message = message.withUserProperty(pair.split("=")[0], pair.split("=")[1]);
    }
    return message;
  }

  private static Mqtt5Publish publish(Seen wanted) {
    Mqtt5PublishBuilder.Complete builder =
        Mqtt5Publish.builder()
            .topic(wanted.topic)
            .qos(MqttQos.fromCode(wanted.qos.value()))
            .payload(wanted.payload.getBytes())
            .contentType(wanted.contentType)
            .responseTopic(wanted.responseTopic)
            .correlationData(wanted.correlation == null ? null : wanted.correlation.getBytes());
    if (wanted.text) {
      builder = builder.payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8);
    }
    var userProperties = Mqtt5UserProperties.builder();
    for (String pair : wanted.userProperties) {
      userProperties = userProperties.add(pair.split("=")[0], pair.split("=")[1]);
    }
    return builder.userProperties(userProperties.build()).build();
  }

  private static Seen seen(ReceivedMessage message) {
    return new Seen(
        message.topic(),
        message.qos(),
        message.payload(),
        message.isText(),
        message.contentType(),
        message.responseTopic(),
        message.correlationData(),
        message.userProperties().stream().map(p -> p.name() + "=" + p.value()).toList());
  }

  private static Seen seen(Mqtt5Publish message) {
    return new Seen(
        message.getTopic().toString(),
        QoS.of(message.getQos().getCode()),
        Buffer.buffer(message.getPayloadAsBytes()),
        message.getPayloadFormatIndicator().orElse(null) == Mqtt5PayloadFormatIndicator.UTF_8,
        message.getContentType().map(Object::toString).orElse(null),
        message.getResponseTopic().map(Object::toString).orElse(null),
        message.getCorrelationData().map(HiveMqDifferenceTest::buffer).orElse(null),
        message.getUserProperties().asList().stream()
            .map(p -> p.getName() + "=" + p.getValue())
            .toList());
  }

  private static Buffer buffer(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Buffer.buffer(copy);
  }

  /** What an application sees of a message. */
  private record Seen(
      String topic,
      QoS qos,
      Buffer payload,
      boolean text,
      String contentType,
      String responseTopic,
      Buffer correlation,
      List<String> userProperties) {}
}
