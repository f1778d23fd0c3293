package io.culvert.mqtt.server;

import static io.culvert.mqtt.server.AuthenticationTest.auth;
import static io.culvert.mqtt.server.AuthenticationTest.violated;
import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Enhanced authentication of a client that is connected. */
class ReauthenticationTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient client = connected(Packets.connect("c").will("will", "gone"));

  @Test
  @Normative({MQTT5_4_12_0_5, MQTT5_4_12_1_1})
  void goodOneIsAnsweredWithSuccess() {
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "a"));
    assertThat(client.events())
        .last()
        .isEqualTo(new ServerEvent.ReauthRequested("M", Bytes.utf8("a")));
    decide(() -> client.server.continueAuth(Bytes.utf8("b")));
    assertThat(client.take(Auth.class))
        .isEqualTo(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "b"));
    ask(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "c"));
    assertThat(client.events()).last().isEqualTo(new ServerEvent.AuthContinued(Bytes.utf8("c")));
    decide(() -> client.server.acceptAuth("ann", Bytes.utf8("d")));
    assertThat(client.take(Auth.class)).isEqualTo(auth(ReasonCode.SUCCESS, "M", "d"));

    ask(auth(ReasonCode.REAUTHENTICATE, "M", null)); // and again
    assertThat(client.events()).last().isEqualTo(new ServerEvent.ReauthRequested("M", null));
    decide(() -> client.server.acceptAuth("ann", null));
    assertThat(client.take(Auth.class)).isEqualTo(auth(ReasonCode.SUCCESS, "M", null));
    harness.advance(60_000);
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  @Normative(MQTT5_4_12_1_2)
  void failedOneClosesAndPublishesTheWill() {
    TestClient watcher = watcher();
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "a"));
    decide(() -> client.server.rejectAuth(ReasonCode.NOT_AUTHORIZED, "wrong"));
    Disconnect disconnect = client.take(Disconnect.class);
    assertThat(disconnect.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(disconnect.properties().text(Property.REASON_STRING)).isEqualTo("wrong");
    assertThat(client.isClosed()).isTrue();
    assertThat(watcher.takePayloads()).containsExactly("gone");
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.REAUTHENTICATION_FAILED);
  }

  @Test
  void codeThatDisconnectDoesNotKnowBecomesNotAuthorized() {
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "a"));
    decide(() -> client.server.rejectAuth(ReasonCode.BAD_USERNAME_OR_PASSWORD, "wrong"));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void anotherUserThanAtConnectIsRefused() {
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "a"));
    decide(() -> client.server.acceptAuth("mallory", Bytes.utf8("d")));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(client.server.userName()).isEqualTo("ann");
  }

  @Test
  void messagesFlowBetweenTheSteps() {
    TestClient other = connected(Packets.connect("other"));
    other.subscribe("topic", QoS.AT_MOST_ONCE);
    client.subscribe("back", QoS.AT_LEAST_ONCE);
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "a"));
    client.send(Packets.publish(7, "topic", "asked", QoS.AT_LEAST_ONCE));
    other.publish("back", "sent while a decision is awaited");
    assertThat(client.takePayloads()).containsExactly("sent while a decision is awaited");
    assertThat(other.takeAll()).isEmpty();

    decide(() -> client.server.continueAuth(null));
    assertThat(client.takeFirst(Auth.class)).isNotNull();
    assertThat(client.take(PubAck.class).packetId()).isEqualTo(7);
    client.publish("topic", "before the answer").send(PingReq.INSTANCE);
    assertThat(client.take(PingResp.class)).isNotNull();
    assertThat(other.takePayloads()).containsExactly("asked", "before the answer");

    ask(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "c"));
    decide(() -> client.server.acceptAuth("ann", null));
    client.publish("topic", "after it");
    assertThat(client.take(Auth.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    assertThat(other.takePayloads()).containsExactly("after it");
  }

  @ParameterizedTest
  @MethodSource("outOfPlace")
  @Normative({MQTT5_4_12_0_5, MQTT5_4_12_1_1, MQTT5_4_12_1_2})
  void authOutOfPlaceIsAViolation(boolean challenged, Auth auth, @Nullable Statement statement) {
    TestClient watcher = watcher();
    if (challenged) {
      challenge();
    }
    client.send(auth);
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(client.isClosed()).isTrue();
    assertThat(violated(client)).isEqualTo(statement);
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  static Stream<Arguments> outOfPlace() {
    return Stream.of(
        Arguments.of(false, auth(ReasonCode.REAUTHENTICATE, "N", "x"), MQTT5_4_12_1_1),
        Arguments.of(false, new Auth(ReasonCode.REAUTHENTICATE, Properties.EMPTY), MQTT5_4_12_1_1),
        Arguments.of(false, auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "x"), null),
        Arguments.of(false, auth(ReasonCode.SUCCESS, "M", "x"), null),
        Arguments.of(false, new Auth(ReasonCode.SUCCESS, Properties.EMPTY), MQTT5_4_12_0_5),
        Arguments.of(true, auth(ReasonCode.REAUTHENTICATE, "M", "x"), null),
        Arguments.of(true, auth(ReasonCode.CONTINUE_AUTHENTICATION, "N", "x"), MQTT5_4_12_0_5),
        Arguments.of(true, auth(ReasonCode.SUCCESS, "M", "x"), null));
  }

  @Test
  @Normative(MQTT5_4_12_0_7)
  void clientWithoutMethodHasNoAuth() {
    TestClient plain = harness.connect("plain");
    plain.send(auth(ReasonCode.REAUTHENTICATE, "M", "x"));
    assertThat(plain.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(violated(plain)).isEqualTo(MQTT5_4_12_0_7);
  }

  @Test
  void answerThatDoesNotComeEndsIt() {
    TestClient watcher = watcher();
    challenge();
    harness.advance(9_999);
    client.publish("other", "does not count");
    assertThat(client.isClosed()).isFalse();
    harness.advance(1);
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(client.isClosed()).isTrue();
    assertThat(watcher.takePayloads()).containsExactly("gone");
  }

  @Test
  void decisionThatDoesNotComeEndsIt() {
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "x"));
    harness.advance(10_000);
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.SERVER_BUSY);
    decide(() -> client.server.acceptAuth("ann", null));
    assertThat(client.takeAll()).isEmpty();
  }

  @Test
  void roundsAreBounded() {
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "x"));
    int rounds = 0;
    while (!client.isClosed() && rounds < 4097) {
      decide(() -> client.server.continueAuth(null));
      ask(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "pong"));
      rounds++;
    }
    assertThat(rounds).isEqualTo(Authentication.ROUNDS + 1);
  }

  @Test
  void clientThatProvedNothingDoesNotTakeTheSessionOver() {
    String user = harness.session("c").userName();
    TestClient stranger = harness.open();
    stranger.send(Packets.connect("c").build());
    assertThat(stranger.takeFirst(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    assertThat(client.isClosed()).isFalse();
    assertThat(harness.session("c").userName()).isNotNull().isEqualTo(user);
  }

  @Test
  void clientInTheMiddleIsNotHeldUpForSlowReaders() {
    Holder holder =
        new Holder() {
          @Override
          public void expired(long nowMillis) {}

          @Override
          public void forget(Publisher publisher) {}
        };
    challenge();
    assertThat(client.server.publisher().hold(holder, Long.MAX_VALUE)).isNull();
    ask(auth(ReasonCode.CONTINUE_AUTHENTICATION, "M", "x"));
    decide(() -> client.server.acceptAuth("ann", null));
    assertThat(client.server.publisher().hold(holder, Long.MAX_VALUE)).isNotNull();
  }

  private void challenge() {
    ask(auth(ReasonCode.REAUTHENTICATE, "M", "x"));
    decide(() -> client.server.continueAuth(null));
    client.take(Auth.class);
  }

  /** Sends an AUTH that the test decides on by itself. */
  private void ask(Auth auth) {
    harness.hold();
    client.send(auth);
    harness.drop();
    harness.release();
  }

  private TestClient watcher() {
    return harness.connect("watcher").subscribe("will", QoS.AT_MOST_ONCE);
  }

  private TestClient connected(ConnectBuilder how) {
    Connect connect = how.with(Property.AUTHENTICATION_METHOD, "M").build();
    harness.hold();
    TestClient opened = harness.open().send(connect);
    harness.drop();
    harness.release();
    opened.server.acceptAuth("ann", null);
    harness.broker.connect(opened.server, connect, harness.clock.nowMillis());
    opened.link.runUntilIdle();
    opened.take(ConnAck.class);
    return opened;
  }

  private void decide(Runnable decision) {
    decision.run();
    client.link.runUntilIdle();
    harness.run();
  }
}
