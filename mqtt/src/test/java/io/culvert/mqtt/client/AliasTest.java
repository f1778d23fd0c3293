package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.ScriptedServer.message;
import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.AT_MOST_ONCE;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_17;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_18;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_10;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_11;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_7;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_8;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_9;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import org.junit.jupiter.api.Test;

class AliasTest {
  @Test
  @Normative({MQTT5_3_2_2_17, MQTT5_3_3_2_9, MQTT5_3_3_2_8})
  @Scenario(65)
  void firstTheTopicWithItsAliasThenTheAliasOnlyWithinTheServersLimit() {
    ScriptedServer server = aliasing(2);

    for (String topic :
        new String[] {"topics/a", "topics/b", "topics/c", "topics/a", "topics/b", "topics/c"}) {
      server.publish(topic, AT_MOST_ONCE);
    }

    assertThat(server.sent())
        .extracting(AliasTest::topicAndAlias)
        .containsExactly("topics/a 1", "topics/b 2", "topics/c -1", " 1", " 2", "topics/c -1");
  }

  @Test
  void aliasesWorkAtQos1AndTheAcknowledgementFindsTheMessage() {
    ScriptedServer server = aliasing(5);
    server.publish("topics/a", AT_LEAST_ONCE);
    int second = server.publish("topics/a", AT_LEAST_ONCE);

    assertThat(server.sent())
        .extracting(AliasTest::topicAndAlias)
        .containsExactly("topics/a 1", " 1");
    server.sends(PubAck.of(second));
    assertThat(server.event(ClientEvent.Acknowledged.class).packetId()).isEqualTo(second);
  }

  @Test
  @Normative(MQTT5_3_3_2_7)
  @Scenario(65)
  void aliasesEndWithTheConnectionAndWhatIsSentAgainTeachesThemAnew() {
    ScriptedServer server = aliasing(5);
    server.publish("topics/a", AT_LEAST_ONCE);
    server.publish("topics/a", AT_LEAST_ONCE);
    server.closes();

    ScriptedServer next = server.next().connect(o -> o.cleanStart(false).topicAliases(true));
    next.sent();
    next.accept(true, Properties.EMPTY.with(Property.TOPIC_ALIAS_MAXIMUM, 5));
    next.publish("topics/a", AT_MOST_ONCE);
    next.publish("topics/a", AT_MOST_ONCE);

    assertThat(next.sent())
        .extracting(AliasTest::topicAndAlias)
        .containsExactly("topics/a 1", " 1", " 1", " 1");
  }

  @Test
  @Normative(MQTT5_3_2_2_18)
  void noAliasesWhereTheServerTakesNoneOrTheOwnerWantsNone() {
    ScriptedServer none = ScriptedServer.connected(o -> o.topicAliases(true));
    ScriptedServer unwanted =
        ScriptedServer.connected(o -> o, Properties.EMPTY.with(Property.TOPIC_ALIAS_MAXIMUM, 5));

    for (ScriptedServer server : new ScriptedServer[] {none, unwanted}) {
      server.publish("topics/a", AT_MOST_ONCE);
      server.publish("topics/a", AT_MOST_ONCE);
      assertThat(server.sent())
          .extracting(AliasTest::topicAndAlias)
          .containsExactly("topics/a -1", "topics/a -1");
    }
  }

  @Test
  void anAliasThatWouldExceedTheServersPacketSizeIsLeftOut() {
    ScriptedServer server =
        ScriptedServer.connected(
            o -> o.topicAliases(true),
            Properties.builder()
                .put(Property.TOPIC_ALIAS_MAXIMUM, 5)
                .put(Property.MAXIMUM_PACKET_SIZE, 15)
                .build());

    server.publish("topics/a", "12", AT_MOST_ONCE);
    server.publish("topics/a", "12", AT_MOST_ONCE);

    assertThat(server.sent())
        .extracting(AliasTest::topicAndAlias)
        .containsExactly("topics/a -1", "topics/a -1");
  }

  @Test
  void propertiesStandBesideTheAlias() {
    ScriptedServer server = aliasing(5);
    Properties properties =
        Properties.builder()
            .put(Property.MESSAGE_EXPIRY_INTERVAL, 9)
            .userProperty("k", "v")
            .build();

    server.client.publish(
        TopicName.of("topics/a"), Bytes.utf8("p"), AT_MOST_ONCE, true, properties, server.now);

    Publish publish = server.sent(Publish.class);
    assertThat(publish.properties().integer(Property.TOPIC_ALIAS, -1)).isEqualTo(1);
    assertThat(publish.properties().without(Property.TOPIC_ALIAS)).isEqualTo(properties);
    assertThat(publish.retain()).isTrue();
    assertThat(publish.payload()).isEqualTo(Bytes.utf8("p"));
  }

  @Test
  @Normative(MQTT5_3_3_2_10)
  void serversAliasesAreResolvedAndCanBeGivenAnew() {
    ScriptedServer server = ScriptedServer.connected(o -> o.topicAliasMaximum(2));

    server.sends(aliased("a", 1), aliased("b", 2), aliased("", 1), aliased("c", 1), aliased("", 1));

    assertThat(server.events())
        .extracting(e -> ((ClientEvent.MessageReceived) e).publish().topic().toString())
        .containsExactly("a", "b", "a", "c", "c");
  }

  @Test
  @Normative({MQTT5_3_3_2_11, MQTT5_3_3_2_8})
  @Scenario(66)
  void aliasAboveTheOwnMaximumOrUnknownIsAViolation() {
    ScriptedServer above = ScriptedServer.connected(o -> o.topicAliasMaximum(2));
    ScriptedServer unannounced = ScriptedServer.connected();
    ScriptedServer unknown = ScriptedServer.connected(o -> o.topicAliasMaximum(2));
    ScriptedServer zero = ScriptedServer.connected(o -> o.topicAliasMaximum(2));

    above.sends(aliased("a", 3));
    unannounced.sends(aliased("a", 1));
    unknown.sends(aliased("", 2));
    zero.sends(Bytes.hex("3008000161032300006d"));

    ClientEvent.Disconnected end = above.event(ClientEvent.Disconnected.class);
    assertThat(end.reasonCode()).isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID);
    assertThat(end.violation().statement()).isEqualTo(Statement.MQTT5_3_3_2_11);
    assertThat(code(unannounced)).isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID);
    assertThat(code(unknown)).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(code(zero)).isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID);
  }

  @Test
  @Normative(MQTT5_3_3_2_7)
  void serversAliasesEndWithTheConnection() {
    ScriptedServer server = ScriptedServer.connected(o -> o.topicAliasMaximum(2));
    server.sends(aliased("a", 1)).closes();

    ScriptedServer next = server.next().connect(o -> o.topicAliasMaximum(2)).accept(false);
    next.events();
    next.sends(aliased("", 1));

    assertThat(code(next)).isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  private static ReasonCode code(ScriptedServer server) {
    return server.event(ClientEvent.Disconnected.class).reasonCode();
  }

  private static Publish aliased(String topic, int alias) {
    return message(topic, QoS.AT_MOST_ONCE, 0, Properties.EMPTY.with(Property.TOPIC_ALIAS, alias));
  }

  private static ScriptedServer aliasing(int maximum) {
    return ScriptedServer.connected(
        o -> o.cleanStart(false).topicAliases(true),
        Properties.EMPTY.with(Property.TOPIC_ALIAS_MAXIMUM, maximum));
  }

  private static String topicAndAlias(MqttPacket packet) {
    Publish publish = (Publish) packet;
    return publish.topic() + " " + publish.properties().integer(Property.TOPIC_ALIAS, -1);
  }
}
