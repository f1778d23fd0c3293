package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_22;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_3_7;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_2_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_28;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_30;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_21;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_13_2_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine.Status;
import io.culvert.engine.Wake;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectTest {
  @Test
  @Normative(MQTT5_3_1_0_1)
  @Scenario(39)
  void connectIsTheFirstPacketAndConnAckCompletesIt() {
    ScriptedServer server = ScriptedServer.fresh();
    assertThat(server.client.state()).isEqualTo(ClientState.DISCONNECTED);

    server.connect(options -> options.keepAliveSeconds(30));
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTING);
    assertThat(server.sent(Connect.class))
        .isEqualTo(
            new Connect(MqttVersion.MQTT_5, true, 30, "c", null, null, null, Properties.EMPTY));

    server.accept(false);
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTED);
    assertThat(server.event(ClientEvent.Connected.class).sessionPresent()).isFalse();
    assertThat(server.sent()).isEmpty();
  }

  @Test
  void everythingThatConnectCanSayIsSaid() {
    Will will =
        new Will(
            TopicName.of("gone"),
            Bytes.utf8("bye"),
            QoS.AT_LEAST_ONCE,
            true,
            Properties.EMPTY.with(Property.WILL_DELAY_INTERVAL, 7));
    ScriptedServer server =
        ScriptedServer.fresh()
            .connect(
                options ->
                    options
                        .clientId("me")
                        .cleanStart(false)
                        .will(will)
                        .userName("u")
                        .password(Bytes.hex("ff00"))
                        .sessionExpirySeconds(3600)
                        .receiveMaximum(10)
                        .maximumPacketSizeBytes(1000)
                        .topicAliasMaximum(5)
                        .requestProblemInformation(false)
                        .requestResponseInformation(true));

    Connect connect = server.sent(Connect.class);
    assertThat(connect.clientId()).isEqualTo("me");
    assertThat(connect.cleanStart()).isFalse();
    assertThat(connect.will()).isEqualTo(will);
    assertThat(connect.userName()).isEqualTo("u");
    assertThat(connect.password()).isEqualTo(Bytes.hex("ff00"));
    assertThat(connect.properties())
        .isEqualTo(
            Properties.builder()
                .put(Property.SESSION_EXPIRY_INTERVAL, 3600)
                .put(Property.RECEIVE_MAXIMUM, 10)
                .put(Property.MAXIMUM_PACKET_SIZE, 1000)
                .put(Property.TOPIC_ALIAS_MAXIMUM, 5)
                .put(Property.REQUEST_PROBLEM_INFORMATION, 0)
                .put(Property.REQUEST_RESPONSE_INFORMATION, 1)
                .build());
  }

  @Test
  @Scenario(40)
  void connectTwiceIsRefused() {
    ScriptedServer server = ScriptedServer.fresh().connect(options -> options);

    assertThatIllegalStateException().isThrownBy(() -> server.connect(options -> options));
    server.accept(false);
    assertThatIllegalStateException().isThrownBy(() -> server.connect(options -> options));
    server.closes();
    assertThatIllegalStateException().isThrownBy(() -> server.connect(options -> options));
  }

  @Test
  void twoConnectionsOfOneSessionAtATimeAreRefused() {
    ScriptedServer server = ScriptedServer.fresh().connect(options -> options);

    assertThatIllegalStateException().isThrownBy(() -> server.next().connect(options -> options));
  }

  @Test
  @Normative(MQTT5_3_1_3_2)
  void aSessionBelongsToOneClientIdentifier() {
    ScriptedServer server = ScriptedServer.connected().closes();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.next().connect(options -> options.clientId("other")));
  }

  @Test
  @Normative(MQTT5_4_13_2_1)
  @Scenario(41)
  void refusalSurfacesAndEndsTheConnection() {
    Properties properties =
        Properties.builder()
            .put(Property.SERVER_REFERENCE, "elsewhere")
            .put(Property.REASON_STRING, "moved")
            .build();
    ScriptedServer server = ScriptedServer.fresh().connect(options -> options);
    server.sent();

    server.sends(new ConnAck(false, ReasonCode.USE_ANOTHER_SERVER, properties));

    assertThat(server.events())
        .containsExactly(
            new ClientEvent.ConnectRefused(ReasonCode.USE_ANOTHER_SERVER, properties),
            new ClientEvent.Disconnected(
                DisconnectCause.REFUSED, ReasonCode.USE_ANOTHER_SERVER, properties, null));
    assertThat(server.client.state()).isEqualTo(ClientState.DISCONNECTED);
    assertThat(server.client.status()).isEqualTo(Status.CLOSED);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  void refusalBeforeMqtt5SurfacesAsTheReasonCodeThatSaysTheSame() {
    ScriptedServer server =
        ScriptedServer.fresh().connect(options -> options.version(MqttVersion.MQTT_3_1_1));

    server.sends(Bytes.hex("20020005"));

    assertThat(server.events())
        .first()
        .isEqualTo(new ClientEvent.ConnectRefused(ReasonCode.NOT_AUTHORIZED, Properties.EMPTY));
  }

  @Test
  void refusalOfAServerThatDoesNotKnowMqtt5IsUnderstood() {
    ScriptedServer server = ScriptedServer.fresh().connect(options -> options);
    server.sent();

    server.sends(Bytes.hex("2002")).sends(Bytes.hex("0001"));

    assertThat(server.events())
        .first()
        .isEqualTo(
            new ClientEvent.ConnectRefused(
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, Properties.EMPTY));
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_2_2_6)
  void refusalWithSessionPresentIsAViolation() {
    ScriptedServer server = ScriptedServer.fresh().connect(options -> options);

    server.sends(Bytes.hex("2003018700"));

    assertThat(violation(server)).isEqualTo(Statement.MQTT5_3_2_2_6);
  }

  @ParameterizedTest
  @EnumSource(QoS.class)
  @Scenario(46)
  void maximumQosIsReflected(QoS qos) {
    Properties properties =
        qos == QoS.EXACTLY_ONCE
            ? Properties.EMPTY
            : Properties.EMPTY.with(Property.MAXIMUM_QOS, qos.value());

    assertThat(ScriptedServer.connected(o -> o, properties).client.maximumQos()).isEqualTo(qos);
  }

  @Test
  @Scenario(48)
  void retainAvailableIsReflected() {
    Properties no = Properties.EMPTY.with(Property.RETAIN_AVAILABLE, 0);
    Properties yes = Properties.EMPTY.with(Property.RETAIN_AVAILABLE, 1);

    assertThat(ScriptedServer.connected().client.mayRetain()).isTrue();
    assertThat(ScriptedServer.connected(o -> o, yes).client.mayRetain()).isTrue();
    assertThat(ScriptedServer.connected(o -> o, no).client.mayRetain()).isFalse();
  }

  @Test
  void termsWithoutPropertiesAreThoseOfTheStandard() {
    ServerTerms terms =
        ScriptedServer.connected(o -> o.keepAliveSeconds(20).sessionExpirySeconds(5))
            .client
            .terms();

    assertThat(terms)
        .isEqualTo(
            new ServerTerms(
                false,
                null,
                20,
                5,
                65_535,
                QoS.EXACTLY_ONCE,
                true,
                ServerTerms.LARGEST_PACKET_BYTES,
                0,
                true,
                true,
                true,
                null,
                null,
                null));
  }

  @Test
  @Normative(MQTT5_3_2_2_21)
  void termsOfTheServerReplaceOwnWishes() {
    Properties properties =
        Properties.builder()
            .put(Property.SESSION_EXPIRY_INTERVAL, 1)
            .put(Property.RECEIVE_MAXIMUM, 2)
            .put(Property.MAXIMUM_QOS, 1)
            .put(Property.RETAIN_AVAILABLE, 0)
            .put(Property.MAXIMUM_PACKET_SIZE, 100)
            .put(Property.ASSIGNED_CLIENT_IDENTIFIER, "given")
            .put(Property.TOPIC_ALIAS_MAXIMUM, 3)
            .put(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
            .put(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 0)
            .put(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
            .put(Property.SERVER_KEEP_ALIVE, 4)
            .put(Property.RESPONSE_INFORMATION, "r")
            .put(Property.SERVER_REFERENCE, "s")
            .build();

    ScriptedServer server =
        ScriptedServer.connected(
            o -> o.clientId("").keepAliveSeconds(99).requestResponseInformation(true), properties);

    assertThat(server.client.terms())
        .isEqualTo(
            new ServerTerms(
                false,
                "given",
                4,
                1,
                2,
                QoS.AT_LEAST_ONCE,
                false,
                100,
                3,
                false,
                false,
                false,
                "r",
                "s",
                null));
  }

  @Test
  @Scenario(67)
  void assignedClientIdentifierIsAdoptedForTheNextConnection() {
    Properties given = Properties.builder().put(Property.ASSIGNED_CLIENT_IDENTIFIER, "g").build();
    ScriptedServer server = ScriptedServer.connected(o -> o.clientId(""), given);
    assertThat(server.session.clientId()).isEqualTo("g");
    server.closes();

    ScriptedServer next = server.next().connect(o -> o.clientId(""));

    assertThat(next.sent(Connect.class).clientId()).isEqualTo("g");
    next.accept(false);
    assertThat(next.session.clientId()).isEqualTo("g");
  }

  @Test
  void anIdentifierThatWasAssignedUnaskedIsNotAdopted() {
    Properties given = Properties.builder().put(Property.ASSIGNED_CLIENT_IDENTIFIER, "g").build();
    ScriptedServer server = ScriptedServer.connected(o -> o.clientId("own"), given);
    server.closes();
    ScriptedServer next = server.next().connect(o -> o.clientId("own").cleanStart(false));
    assertThat(next.sent(Connect.class).clientId()).isEqualTo("own");
  }

  @Test
  void randomClientIdentifierComesFromTheCallersChance() {
    ConnectOptions.Builder builder = ConnectOptions.builder();

    String id = builder.randomClientId(0x0123456789abcdefL).build().connect().clientId();

    assertThat(id).isEqualTo("culvert-0123456789abc").hasSizeLessThanOrEqualTo(23);
  }

  @Test
  @Normative(MQTT5_3_2_2_4)
  @Scenario(72)
  void sessionPresentWithoutOwnSessionCloses() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o.cleanStart(false)).accept(true);

    assertThat(violation(server)).isEqualTo(Statement.MQTT5_3_2_2_4);
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
  }

  @Test
  void sessionPresentAfterCleanStartCloses() {
    ScriptedServer server = ScriptedServer.connected().closes().next();
    server.connect(o -> o.cleanStart(true)).accept(true);

    assertThat(violation(server)).isEqualTo(Statement.MQTT5_3_2_2_2);
  }

  @Test
  void sessionPresentIsWelcomeToAClientThatSaysItContinues() {
    ScriptedServer server = ScriptedServer.of(ClientSession.continuing(10));

    server.connect(o -> o.cleanStart(false)).accept(true);

    assertThat(server.event(ClientEvent.Connected.class).sessionPresent()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_2_0_2)
  @Scenario(79)
  void secondConnAckIsAViolation() {
    ScriptedServer server = ScriptedServer.connected().accept(false);

    assertThat(violation(server)).isEqualTo(Statement.MQTT5_3_2_0_2);
  }

  @Test
  @Normative({MQTT5_3_2_0_1, MQTT3_3_2_0_1})
  @Scenario(79)
  void publishBeforeConnAckIsAViolation() {
    ScriptedServer five = ScriptedServer.fresh().connect(o -> o);
    ScriptedServer three = ScriptedServer.fresh().connect(o -> o.version(MqttVersion.MQTT_3_1_1));

    five.sends(ScriptedServer.message("a", QoS.AT_MOST_ONCE, 0));
    three.sends(ScriptedServer.message("a", QoS.AT_MOST_ONCE, 0));

    assertThat(violation(five)).isEqualTo(Statement.MQTT5_3_2_0_1);
    assertThat(violation(three)).isEqualTo(Statement.MQTT3_3_2_0_1);
  }

  @Test
  void violationBeforeMqtt5ClosesWithoutAWord() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o.version(MqttVersion.MQTT_3_1_1));
    server.sent();

    server.sends(ScriptedServer.message("a", QoS.AT_MOST_ONCE, 0));

    assertThat(server.sent()).isEmpty();
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
  }

  @Test
  @Normative(MQTT5_3_1_2_28)
  void responseInformationThatWasNotRequestedIsAViolation() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o);

    server.accept(false, Properties.builder().put(Property.RESPONSE_INFORMATION, "r").build());

    assertThat(violation(server)).isEqualTo(Statement.MQTT5_3_1_2_28);
  }

  @Test
  @Normative(MQTT5_3_1_2_30)
  void nothingIsSentBetweenConnectAndConnAck() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o);
    server.sent();

    assertThatThrownBy(() -> server.publish("a", QoS.AT_MOST_ONCE))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.NOT_CONNECTED));
    assertThatThrownBy(() -> server.client.ping(server.now)).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> server.client.unsubscribe(List.of("a"), Properties.EMPTY, server.now))
        .isInstanceOf(RefusedException.class);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  void eachPacketIsLogged() {
    List<String> lines = new ArrayList<>();
    PacketLog log =
        new PacketLog() {
          @Override
          public void received(PacketType type, int packetId, int sizeBytes) {
            lines.add("received " + type + " " + packetId + " " + sizeBytes);
          }

          @Override
          public void sent(PacketType type, int packetId, int sizeBytes) {
            lines.add("sent " + type + " " + packetId + " " + sizeBytes);
          }
        };
    ClientConnection client =
        new ClientConnection(ClientSession.create(1), new BufferPool(), Wake.NOBODY, log);

    client.connect(ConnectOptions.builder().clientId("c").build(), 0);
    client.receive(Bytes.hex("2003000000" + "3207" + "000161" + "0007" + "00" + "6d"));
    while (client.poll(0) != null) {
      assertThat(client.status()).isEqualTo(Status.OPEN);
    }

    assertThat(lines)
        .containsExactly(
            "sent CONNECT 0 16", "received CONNACK 0 5", "received PUBLISH 7 9", "sent PUBACK 7 4");
  }

  @Test
  void noConnAckInTimeEndsTheConnection() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o.connectTimeoutMillis(500));
    assertThat(server.client.deadlineMillis()).isEqualTo(server.now + 500);

    assertThat(server.timePasses(499).events()).isEmpty();
    assertThat(server.timePasses(1).event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.CONNECT_TIMEOUT);
    assertThat(server.client.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  void closeBeforeConnAckSurfaces() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o).closes();

    assertThat(server.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.CONNECTION_LOST);
  }

  @Test
  void disconnectBeforeConnAckIsAllowed() {
    ScriptedServer server = ScriptedServer.fresh().connect(o -> o);
    server.sent();

    server.client.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, server.now);

    assertThat(server.sent()).containsExactly(Disconnect.NORMAL);
    assertThat(server.event(ClientEvent.Disconnected.class).cause())
        .isEqualTo(DisconnectCause.REQUESTED);
  }

  @Test
  void mqtt31ConnectsAndTrustsItsOwnMemoryOfTheSession() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1).cleanStart(false));
    assertThat(server.client.version()).isEqualTo(MqttVersion.MQTT_3_1);
    server.closes();

    ScriptedServer next = server.next();
    next.connect(o -> o.version(MqttVersion.MQTT_3_1).cleanStart(false)).accept(false);

    assertThat(next.event(ClientEvent.Connected.class).sessionPresent()).isTrue();
  }

  @Test
  @Normative({MQTT3_3_1_2_22, MQTT3_3_1_3_7})
  void optionsThatAVersionDoesNotHaveAreOurOwnFault() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            ConnectOptions.builder()
                    .version(MqttVersion.MQTT_3_1_1)
                    .clientId("c")
                    .password(Bytes.utf8("p"))
                ::build);
    assertThatIllegalArgumentException()
        .isThrownBy(
            ConnectOptions.builder().version(MqttVersion.MQTT_3_1_1).cleanStart(false)::build);
    assertThatIllegalArgumentException()
        .isThrownBy(ConnectOptions.builder().version(MqttVersion.MQTT_3_1)::build);
    assertThatIllegalArgumentException()
        .isThrownBy(ConnectOptions.builder().keepAliveSeconds(65_536)::build);
    assertThatIllegalArgumentException()
        .isThrownBy(
            ConnectOptions.builder()
                    .properties(
                        Properties.builder()
                            .put(Property.AUTHENTICATION_DATA, Bytes.utf8("d"))
                            .build())
                ::build);
    assertThatIllegalArgumentException()
        .isThrownBy(
            ConnectOptions.builder().properties(Properties.EMPTY.with(Property.TOPIC_ALIAS, 1))
                ::build);
    assertThatIllegalArgumentException()
        .isThrownBy(ConnectOptions.builder().maximumInFlight(0)::build);
    assertThatIllegalArgumentException()
        .isThrownBy(ConnectOptions.builder().pingTimeoutMillis(0)::build);
    assertThatIllegalArgumentException().isThrownBy(ConnectOptions.builder().outboxBytes(0)::build);
  }

  static Statement violation(ScriptedServer server) {
    return server.event(ClientEvent.Disconnected.class).violation().statement();
  }
}
