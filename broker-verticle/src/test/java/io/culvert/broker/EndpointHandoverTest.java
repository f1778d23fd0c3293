package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.UserProperty;
import io.culvert.mqtt.wire.Will;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of a Vert.x MQTT server that a broker serves, beside clients of its own listener. */
class EndpointHandoverTest {
  private static final Properties KEPT =
      Properties.builder().put(Property.SESSION_EXPIRY_INTERVAL, 300).build();
  private static final int MESSAGES = 300;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    PluginBroker.await(vertx.close());
  }

  @Test
  void messagesOfEachQosPassInOrderBothWays() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client handed = server.client();
        Mqtt5Client other = server.clientOfBroker()) {
      connect(handed, "handed");
      connect(other, "other");
      for (QoS qos : QoS.values()) {
        passesInOrder(handed, other, "out/" + qos, qos);
        passesInOrder(other, handed, "in/" + qos, qos);
      }
    }
  }

  @Test
  void clientsOfVertxSpeakTheOlderVersion() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    MqttClient client = MqttClient.create(vertx, new MqttClientOptions().setClientId("older"));
    PluginBroker.await(client.connect(server.port(), "127.0.0.1"));
    Promise<List<Integer>> granted = Promise.promise();
    client.subscribeCompletionHandler(ack -> granted.complete(ack.grantedQoSLevels()));
    Promise<List<String>> received = Promise.promise();
    List<String> messages = new ArrayList<>();
    client.publishHandler(
        message -> {
          messages.add(text(message));
          if (messages.size() == 3) {
            received.complete(messages);
          }
        });
    PluginBroker.await(client.subscribe("a/+", 2));
    assertThat(PluginBroker.await(granted.future())).containsExactly(2);
    for (MqttQoS qos : List.of(MqttQoS.AT_MOST_ONCE, MqttQoS.AT_LEAST_ONCE, MqttQoS.EXACTLY_ONCE)) {
      PluginBroker.await(client.publish("a/b", Buffer.buffer("hello"), qos, false, false));
    }
    assertThat(PluginBroker.await(received.future()))
        .containsExactly(
            "AT_MOST_ONCE a/b hello", "AT_LEAST_ONCE a/b hello", "EXACTLY_ONCE a/b hello");
    Promise<Integer> unsubscribed = Promise.promise();
    client.unsubscribeCompletionHandler(unsubscribed::complete);
    int request = PluginBroker.await(client.unsubscribe("a/+"));
    assertThat(PluginBroker.await(unsubscribed.future())).isEqualTo(request);
    PluginBroker.await(client.disconnect());
  }

  @Test
  void brokerGrantsSubscriptionsAndAnswersThem() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client handed = server.client()) {
      connect(handed, "handed");
      handed.send(
          new Subscribe(
              7,
              List.of(
                  entry("a", QoS.AT_MOST_ONCE),
                  entry("b", QoS.AT_LEAST_ONCE),
                  entry("not/#/valid", QoS.AT_LEAST_ONCE),
                  entry("c", QoS.EXACTLY_ONCE)),
              Properties.EMPTY));
      SubAck granted = handed.read(SubAck.class);
      assertThat(granted.packetId()).isEqualTo(7);
      assertThat(granted.reasonCodes())
          .containsExactly(
              ReasonCode.SUCCESS,
              ReasonCode.GRANTED_QOS_1,
              ReasonCode.TOPIC_FILTER_INVALID,
              ReasonCode.GRANTED_QOS_2);
      handed.send(new Unsubscribe(8, List.of("a", "nothing"), Properties.EMPTY));
      assertThat(handed.read(UnsubAck.class).reasonCodes())
          .containsExactly(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED);
      handed.send(PingReq.INSTANCE);
      assertThat(handed.read()).isEqualTo(PingResp.INSTANCE);
    }
  }

  @Test
  void acknowledgementsAreTheBrokers() throws Exception {
    Path acl = Files.writeString(folder.resolve("acl"), "topic write allowed\n");
    HandedOverServer server =
        HandedOverServer.start(vertx, new JsonObject().put("acl-file", acl.toString()));
    try (Mqtt5Client handed = server.client()) {
      connect(handed, "handed");
      handed.send(publish("denied", "x", QoS.AT_LEAST_ONCE, 1));
      assertThat(handed.read(PubAck.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      handed.send(publish("allowed", "x", QoS.AT_LEAST_ONCE, 3));
      assertThat(handed.read())
          .isEqualTo(new PubAck(3, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.EMPTY));
    }
  }

  @Test
  void propertiesAndTopicAliasesPass() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client handed = server.client();
        Mqtt5Client other = server.clientOfBroker()) {
      ConnAck terms = connect(handed, "handed");
      assertThat(terms.properties().integer(Property.TOPIC_ALIAS_MAXIMUM, 0)).isPositive();
      connect(other, "other");
      subscribe(other, "a", QoS.AT_MOST_ONCE);
      Properties sent =
          Properties.builder()
              .put(Property.TOPIC_ALIAS, 1)
              .put(Property.PAYLOAD_FORMAT_INDICATOR, 1)
              .put(Property.CONTENT_TYPE, "text/plain")
              .put(Property.CORRELATION_DATA, Bytes.utf8("42"))
              .userProperty("colour", "red")
              .userProperty("colour", "green")
              .build();
      handed.send(publish(TopicName.of("a"), "first", sent));
      handed.send(
          publish(TopicName.EMPTY, "second", Properties.EMPTY.with(Property.TOPIC_ALIAS, 1)));
      Publish first = other.read(Publish.class);
      assertThat(first.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
      assertThat(first.properties().binary(Property.CORRELATION_DATA)).isEqualTo(Bytes.utf8("42"));
      assertThat(first.properties().integer(Property.PAYLOAD_FORMAT_INDICATOR, 0)).isEqualTo(1);
      assertThat(first.properties().userProperties())
          .containsExactly(new UserProperty("colour", "red"), new UserProperty("colour", "green"));
      Publish second = other.read(Publish.class);
      assertThat(second.topic()).isEqualTo(TopicName.of("a"));
      assertThat(second.payload()).isEqualTo(Bytes.utf8("second"));
    }
  }

  @Test
  void retainedMessagesPassBothWays() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client handed = server.client();
        Mqtt5Client other = server.clientOfBroker()) {
      connect(handed, "handed");
      connect(other, "other");
      handed.send(retained("by/handed"));
      assertThat(handed.read(PubAck.class).packetId()).isEqualTo(1);
      other.send(retained("by/other"));
      assertThat(other.read(PubAck.class).packetId()).isEqualTo(1);
      subscribe(other, "by/handed", QoS.AT_MOST_ONCE);
      assertThat(other.read(Publish.class).retain()).isTrue();
      subscribe(handed, "by/other", QoS.AT_MOST_ONCE);
      assertThat(handed.read(Publish.class).retain()).isTrue();
    }
  }

  @Test
  void willIsPublishedAfterALostConnectionOnly() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client other = server.clientOfBroker()) {
      connect(other, "other");
      subscribe(other, "will/+", QoS.AT_MOST_ONCE);
      try (Mqtt5Client polite = server.client()) {
        connectWithWill(polite, "polite");
        polite.send(Disconnect.NORMAL);
        assertThat(polite.read()).as("end of stream").isNull();
      }
      try (Mqtt5Client lost = server.client()) {
        connectWithWill(lost, "lost");
      }
      assertThat(other.read(Publish.class).topic()).isEqualTo(TopicName.of("will/lost"));
      try (Mqtt5Client asking = server.client()) {
        connectWithWill(asking, "asking");
        asking.send(new Disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, Properties.EMPTY));
        assertThat(other.read(Publish.class).topic()).isEqualTo(TopicName.of("will/asking"));
      }
    }
  }

  @Test
  void sessionIsTakenOverByTheListenerWithWhatTheClientHasNotAcknowledged() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client handed = server.client();
        Mqtt5Client other = server.clientOfBroker();
        Mqtt5Client again = server.clientOfBroker()) {
      connect(other, "other");
      assertThat(connect(handed, "same", KEPT).sessionPresent()).isFalse();
      subscribe(handed, "a", QoS.AT_LEAST_ONCE);
      other.send(publish("a", "kept", QoS.AT_LEAST_ONCE, 1));
      assertThat(other.read(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(handed.read(Publish.class).dup()).isFalse(); // and no PUBACK

      again.send(connectOf("same", false, null, KEPT));
      assertThat(again.read(ConnAck.class).sessionPresent()).isTrue();
      assertThat(handed.read(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
      assertThat(handed.read()).as("end of stream").isNull();
      Publish resent = again.read(Publish.class);
      assertThat(resent.dup()).isTrue();
      again.send(PubAck.of(resent.packetId()));
    }
  }

  @Test
  void sessionOfTheListenerGoesOnAtTheServer() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client before = server.clientOfBroker();
        Mqtt5Client handed = server.client()) {
      connect(before, "same", KEPT);
      before.send(publish("a", "once", QoS.EXACTLY_ONCE, 9));
      assertThat(before.read(PubRec.class).packetId()).isEqualTo(9);
      handed.send(connectOf("same", false, null, KEPT));
      assertThat(handed.read(ConnAck.class).sessionPresent()).isTrue();
      assertThat(before.read(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
      handed.send(new PubRel(9, ReasonCode.SUCCESS, Properties.EMPTY));
      assertThat(handed.read()).isEqualTo(new PubComp(9, ReasonCode.SUCCESS, Properties.EMPTY));
    }
  }

  @Test
  void refusedConnectIsToldAndClosed() throws Exception {
    Path users = Files.writeString(folder.resolve("users"), PluginBroker.user("ann", "pencil"));
    HandedOverServer server =
        HandedOverServer.start(vertx, new JsonObject().put("password-file", users.toString()));
    try (Mqtt5Client right = server.client();
        Mqtt5Client wrong = server.client()) {
      assertThat(PluginBroker.login(right, "ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.login(wrong, "ann", "pen"))
          .isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
      assertThat(wrong.read()).as("end of stream").isNull();
    }
  }

  @Test
  void enhancedAuthenticationIsRefused() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client scram = server.client();
        Mqtt5Client late = server.client()) {
      scram.send(Mqtt5Client.connect("scram", "SCRAM-SHA-256", Bytes.utf8("n,,n=a,r=b")));
      assertThat(scram.read(ConnAck.class).reasonCode())
          .isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD);
      assertThat(scram.read()).as("end of stream").isNull();
      connect(late, "late");
      late.send(
          new Auth(
              ReasonCode.REAUTHENTICATE,
              Properties.builder().put(Property.AUTHENTICATION_METHOD, "x").build()));
      assertThat(late.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    }
  }

  @Test
  void clientThatReadsLaterGetsAllInOrder() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    String filling = "x".repeat(64 * 1024);
    try (Mqtt5Client handed = server.client();
        Mqtt5Client other = server.clientOfBroker()) {
      connect(handed, "handed");
      connect(other, "other");
      subscribe(handed, "big", QoS.AT_LEAST_ONCE);
      for (int number = 1; number <= MESSAGES; number++) {
        other.send(publish("big", number + filling, QoS.AT_LEAST_ONCE, number));
        assertThat(other.read()).isEqualTo(PubAck.of(number));
      }
      for (int number = 1; number <= MESSAGES; number++) {
        Publish message = handed.read(Publish.class);
        assertThat(message.payload().toUtf8()).isEqualTo(number + filling);
        handed.send(PubAck.of(message.packetId()));
      }
    }
  }

  @Test
  void clientThatRunsTooFarAheadIsClosed() throws Exception {
    HandedOverServer server = HandedOverServer.startOnItsLoop(vertx, 1);
    try (RawClient fast = new RawClient(server.port())) {
      fast.send(RawClient.CONNECT_5);
      assertThat(fast.read()).startsWith("20");
      fast.send("300400016100" + "300400016100"); // two messages that come at once
      assertThat(fast.read()).as("Quota exceeded").startsWith("e0").contains("97");
      assertThat(fast.read()).as("end of stream").isEmpty();
    }
  }

  @Test
  void clientsLearnThatTheBrokerStops() throws Exception {
    HandedOverServer server = HandedOverServer.start(vertx, new JsonObject());
    try (Mqtt5Client handed = server.client()) {
      connect(handed, "handed");
      Promise<Void> stopped = Promise.promise();
      MqttBroker broker = server.broker().broker();
      broker.contexts().get(0).runOnContext(go -> broker.close().onComplete(stopped));
      assertThat(handed.read(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
      assertThat(handed.read()).as("end of stream").isNull();
      PluginBroker.await(stopped.future());
    }
  }

  private static void passesInOrder(Mqtt5Client from, Mqtt5Client to, String topic, QoS qos)
      throws Exception {
    subscribe(to, topic, qos);
    for (int number = 0; number < MESSAGES; number++) {
      from.send(publish(topic, "" + number, qos, qos == QoS.AT_MOST_ONCE ? 0 : number + 1));
      if (qos == QoS.AT_LEAST_ONCE) {
        assertThat(from.read()).isEqualTo(PubAck.of(number + 1));
      } else if (qos == QoS.EXACTLY_ONCE) {
        assertThat(from.read(PubRec.class).packetId()).isEqualTo(number + 1);
        from.send(new PubRel(number + 1, ReasonCode.SUCCESS, Properties.EMPTY));
        assertThat(from.read(PubComp.class).packetId()).isEqualTo(number + 1);
      }
      if (qos != QoS.AT_MOST_ONCE) {
        receives(to, topic, number, qos);
      }
    }
    for (int number = 0; number < MESSAGES && qos == QoS.AT_MOST_ONCE; number++) {
      receives(to, topic, number, qos);
    }
  }

  private static void receives(Mqtt5Client client, String topic, int number, QoS qos)
      throws Exception {
    Publish message = client.read(Publish.class);
    assertThat(message.topic()).isEqualTo(TopicName.of(topic));
    assertThat(message.payload().toUtf8()).isEqualTo("" + number);
    assertThat(message.qos()).isEqualTo(qos);
    if (qos == QoS.AT_LEAST_ONCE) {
      client.send(PubAck.of(message.packetId()));
    } else if (qos == QoS.EXACTLY_ONCE) {
      int packetId = message.packetId();
      client.send(new PubRec(packetId, ReasonCode.SUCCESS, Properties.EMPTY));
      assertThat(client.read(PubRel.class).packetId()).isEqualTo(packetId);
      client.send(new PubComp(packetId, ReasonCode.SUCCESS, Properties.EMPTY));
    }
  }

  private static ConnAck connect(Mqtt5Client client, String clientId) throws Exception {
    return connect(client, clientId, Properties.EMPTY);
  }

  private static ConnAck connect(Mqtt5Client client, String clientId, Properties properties)
      throws Exception {
    return accepted(client, connectOf(clientId, true, null, properties));
  }

  private static void connectWithWill(Mqtt5Client client, String clientId) throws Exception {
    Will will =
        new Will(
            TopicName.of("will/" + clientId),
            Bytes.utf8("gone"),
            QoS.AT_MOST_ONCE,
            false,
            Properties.EMPTY);
    accepted(client, connectOf(clientId, true, will, Properties.EMPTY));
  }

  private static ConnAck accepted(Mqtt5Client client, Connect connect) throws Exception {
    client.send(connect);
    ConnAck answer = client.read(ConnAck.class);
    assertThat(answer.reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    return answer;
  }

  private static Connect connectOf(
      String clientId, boolean cleanStart, Will will, Properties properties) {
    return new Connect(MqttVersion.MQTT_5, cleanStart, 60, clientId, will, null, null, properties);
  }

  private static void subscribe(Mqtt5Client client, String filter, QoS qos) throws Exception {
    assertThat(client.subscribe(filter, qos)).isEqualTo(ReasonCode.granted(qos));
  }

  private static Subscribe.Entry entry(String filter, QoS qos) {
    return new Subscribe.Entry(filter, SubscriptionOptions.of(qos));
  }

  private static Publish publish(String topic, String payload, QoS qos, int packetId) {
    return new Publish(
        TopicName.of(topic), Bytes.utf8(payload), qos, false, false, packetId, Properties.EMPTY);
  }

  private static Publish publish(TopicName topic, String payload, Properties properties) {
    return new Publish(topic, Bytes.utf8(payload), QoS.AT_MOST_ONCE, false, false, 0, properties);
  }

  private static Publish retained(String topic) {
    return new Publish(
        TopicName.of(topic),
        Bytes.utf8("kept"),
        QoS.AT_LEAST_ONCE,
        true,
        false,
        1,
        Properties.EMPTY);
  }

  private static String text(MqttPublishMessage message) {
    return message.qosLevel() + " " + message.topicName() + " " + message.payload();
  }
}
