package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A session belongs to the user whose client began it. */
class IdentityTest {
  private BrokerHarness harness = BrokerHarness.create();

  /** A client that resumes its session, and whose user is known. */
  private TestClient login(String clientId, @Nullable String user) {
    harness.hold();
    TestClient client = harness.open();
    Connect connect = Packets.connect(clientId).cleanStart(false).expirySeconds(3600).build();
    client.send(connect);
    if (user != null) {
      client.server.loggedIn(Login.of(user));
    }
    harness.release();
    return client;
  }

  private static ReasonCode answer(TestClient client) {
    return client.takeFirst(ConnAck.class).reasonCode();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          ann, bob
          ann, -
          -,   ann
          """)
  void anotherUserDoesNotTakeItOver(@Nullable String owner, @Nullable String other) {
    TestClient first = login("c", owner);
    assertThat(answer(first)).isEqualTo(ReasonCode.SUCCESS);
    first.subscribe("a", QoS.AT_LEAST_ONCE);
    for (int i = 0; i < 3; i++) { // each from another shard, where there are several
      TestClient second = login("c", other);
      ConnAck refused = second.takeFirst(ConnAck.class);
      assertThat(refused.reasonCode()).isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
      assertThat(refused.properties().text(Property.REASON_STRING))
          .isEqualTo("another user has this Client Identifier");
      assertThat(second.isClosed()).isTrue();
    }
    harness.connect("p").send(Packets.publish(1, "a", "x", QoS.AT_LEAST_ONCE));
    assertThat(first.takePayloads()).containsExactly("x");
    first.lose();
    assertThat(answer(login("c", other))).isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    TestClient again = login("c", owner);
    assertThat(again.takeFirst(ConnAck.class).sessionPresent()).isTrue();
  }

  @Test
  void isStillItsUsersWhenItHasMovedToAConnectionThatWasLost() {
    harness = BrokerHarness.durable(limits -> limits, 2, 1);
    login("c", "ann").lose();
    harness.broker.bySteps(true);
    login("c", "ann").lose();
    harness.broker.bySteps(false);
    harness.run();
    assertThat(harness.session("c").userName()).isEqualTo("ann");
    harness.restart();
    assertThat(login("c", "ann").takeFirst(ConnAck.class).sessionPresent()).isTrue();
  }

  @Test
  void sameUserTakesItOver() {
    TestClient first = login("c", "ann");
    assertThat(answer(first)).isEqualTo(ReasonCode.SUCCESS);
    TestClient second = login("c", "ann");
    assertThat(second.takeFirst(ConnAck.class).sessionPresent()).isTrue();
    assertThat(first.isClosed()).isTrue();
  }

  @Test
  void identifierIsFreeWhenTheSessionHasEnded() {
    TestClient first = login("c", "ann");
    answer(first);
    first.send(Packets.disconnect(0));
    assertThat(answer(login("c", "bob"))).isEqualTo(ReasonCode.SUCCESS);
  }
}
