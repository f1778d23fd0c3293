package io.culvert.mqtt.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever comes, SCRAM ends with a step and not with an exception. */
class ScramFuzzTest {
  private static final ScramUsers USERS =
      ScramUsers.of(
          Map.of("user", ScramCredential.derive("pencil", Bytes.wrap(new byte[16]), 4096)));

  @Property(tries = 300)
  void bytesThatMeanNothingAreRejected(@ForAll byte[] one, @ForAll byte[] two) {
    ScramServer server = server();
    AuthStep first = server.receive(Bytes.wrap(one));
    boolean asked = one.length == 0;
    assertThat(first).isInstanceOf(asked ? AuthStep.Continue.class : AuthStep.Rejected.class);
    assertThat(server.receive(Bytes.wrap(two))).isInstanceOf(AuthStep.Rejected.class);
    ScramClient client = ScramClient.create("user", "pencil", new Random(1)::nextLong);
    assertThat(client.receive(Bytes.wrap(one))).isInstanceOf(AuthStep.Rejected.class);
  }

  @Property(tries = 300)
  void everyTextIsANameOrRejected(@ForAll String name, @ForAll String end) {
    ScramServer server = server();
    AuthStep first = server.receive(Bytes.utf8("n,,n=" + name + ",r=abc"));
    assertThat(first).isNotInstanceOf(AuthStep.Accepted.class);
    assertThat(server.receive(Bytes.utf8("c=biws,r=" + end))).isInstanceOf(AuthStep.Rejected.class);
  }

  private static ScramServer server() {
    return ScramServer.create(USERS, new Random(2)::nextLong);
  }
}
