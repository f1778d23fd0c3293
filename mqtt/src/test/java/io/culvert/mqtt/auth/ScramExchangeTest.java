package io.culvert.mqtt.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides of SCRAM-SHA-256: with the vector of RFC 7677 and with each other. */
class ScramExchangeTest {
  private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String NONCE = CLIENT_NONCE + SERVER_NONCE;
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
  private static final String CLIENT_FIRST = "n,,n=user,r=" + CLIENT_NONCE;
  private static final String SERVER_FIRST = "r=" + NONCE + ",s=" + SALT + ",i=4096";
  private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String CLIENT_FINAL = "c=biws,r=" + NONCE + ",p=" + PROOF;
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  private static final ScramUsers USERS =
      ScramUsers.of(Map.of("user", credential("pencil"), "a=b,c", credential("other")));

  // ---- RFC 7677 §3

  @Test
  void serverSpeaksAsInTheRfc() {
    ScramServer server = server();
    assertThat(server.receive(Bytes.utf8(CLIENT_FIRST))).isEqualTo(next(SERVER_FIRST));
    assertThat(server.receive(Bytes.utf8(CLIENT_FINAL)))
        .isEqualTo(new AuthStep.Accepted("user", Bytes.utf8(SERVER_FINAL)));
  }

  @Test
  void clientSpeaksAsInTheRfc() {
    ScramClient client = ScramClient.withNonce("user", "pencil", CLIENT_NONCE);
    assertThat(client.first().toUtf8()).isEqualTo(CLIENT_FIRST);
    assertThat(client.receive(Bytes.utf8(SERVER_FIRST))).isEqualTo(next(CLIENT_FINAL));
    assertThat(client.receive(Bytes.utf8(SERVER_FINAL)))
        .isEqualTo(new AuthStep.Accepted("user", Bytes.EMPTY));
  }

  // ---- what a server refuses

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p=tls-unique,,n=user,r=abc", // channel binding
        "n,a=admin,n=user,r=abc", // authorization identity
        "n,n=user,r=abc",
        "x,,n=user,r=abc",
        "n,,m=ext,n=user,r=abc", // an extension that must be understood
        "n,,n=user",
        "n,,r=abc,n=user",
        "n,,n=,r=abc",
        "n,,n=user,r=",
        "n,,n=user,r=a b",
        "n,,n=us=er,r=abc",
        "n,,n=us=2cer,r=abc",
        "n,,n=us\u0007er,r=abc",
        "user pencil",
        ","
      })
  void malformedFirstMessageIsRejected(String message) {
    ScramServer server = server();
    assertThat(server.receive(Bytes.utf8(message))).isInstanceOf(AuthStep.Rejected.class);
    assertRejected(server, CLIENT_FINAL, "the exchange is over");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          c=biws,r={nonce}                  | the last SCRAM message is malformed
          c=biws,r={nonce},p=               | the last SCRAM message is malformed
          c=biws,r={nonce},p=dHzbZapWIk4jUh | the last SCRAM message is malformed
          c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ  | the last SCRAM message is malformed
          c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVR= | the last SCRAM message is malformed
          c=biws,r={nonce},p=AAAA           | the last SCRAM message is malformed
          c=biws,p={proof}                  | the last SCRAM message is malformed
          r={nonce},c=biws,p={proof}        | the channel binding is not that of the first message
          c=eSws,r={nonce},p={proof}        | the channel binding is not that of the first message
          c=biws,r={nonce}x,p={proof}       | the nonce is not that of this exchange
          c=biws,r=rOprNGfwEbeRWgbNEkqO,p={proof} | the nonce is not that of this exchange
          c=biws,r={nonce},x=1,p={proof}    | user name or password is wrong
          c=biws,r={nonce},p=AHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= | user name or password is wrong
          """)
  void wrongLastMessageIsRejected(String message, String reason) {
    ScramServer server = server();
    server.receive(Bytes.utf8(CLIENT_FIRST));
    assertRejected(server, message.replace("{nonce}", NONCE).replace("{proof}", PROOF), reason);
  }

  @Test
  void replayedMessagesAreRejected() {
    ScramServer used = server();
    used.receive(Bytes.utf8(CLIENT_FIRST));
    used.receive(Bytes.utf8(CLIENT_FINAL));
    assertRejected(used, CLIENT_FINAL, "the exchange is over");

    ScramServer other = ScramServer.create(USERS, new Random(1)::nextLong);
    other.receive(Bytes.utf8(CLIENT_FIRST));
    assertRejected(other, CLIENT_FINAL, "the nonce is not that of this exchange");
  }

  @Test
  void proofIsBoundToTheWholeExchange() {
    ScramServer server = server();
    server.receive(Bytes.utf8("n,,n=user,r=" + CLIENT_NONCE + ",x=1"));
    assertRejected(server, CLIENT_FINAL, "user name or password is wrong");
  }

  @Test
  void tooLongAndIllFormedMessagesAreRejected() {
    String longName = "n,,n=" + "x".repeat(ScramText.LONGEST_MESSAGE) + ",r=abc";
    assertRejected(server(), longName, "a SCRAM message is too long or not UTF-8");
    assertThat(server().receive(Bytes.hex("6e2c2c6e3dc080")))
        .isEqualTo(new AuthStep.Rejected("a SCRAM message is too long or not UTF-8"));
    String longNonce = "n,,n=user,r=" + "x".repeat(513);
    assertRejected(server(), longNonce, "the first SCRAM message is malformed");
  }

  @Test
  void clientThatDoesNotBeginIsAskedToOnce() {
    ScramServer server = server();
    assertThat(server.receive(null)).isEqualTo(new AuthStep.Continue(Bytes.EMPTY));
    assertThat(server.receive(Bytes.utf8(CLIENT_FIRST))).isEqualTo(next(SERVER_FIRST));

    ScramServer impatient = server();
    impatient.receive(Bytes.EMPTY);
    assertThat(impatient.receive(Bytes.EMPTY)).isInstanceOf(AuthStep.Rejected.class);
  }

  @Test
  void clientThatCouldBindChannelsIsWelcome() {
    ScramServer server = server();
    String first = "y,,n=user,r=" + CLIENT_NONCE;
    assertThat(server.receive(Bytes.utf8(first))).isEqualTo(next(SERVER_FIRST));
    assertRejected(server, CLIENT_FINAL, "the channel binding is not that of the first message");
  }

  // ---- unknown users

  @Test
  void unknownUserLooksLikeAKnownOneWithAnotherPassword() {
    String known = first("user");
    String unknown = first("nobody");
    assertThat(unknown).isEqualTo(first("nobody")).isNotEqualTo(first("somebody"));
    assertThat(unknown).hasSameSizeAs(known).endsWith(",i=4096");
    assertThat(outcome("user", "wrong")).isEqualTo(outcome("nobody", "pencil"));
  }

  // ---- what a client refuses

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r={own},s={salt},i=4096", // the server adds nothing
        "r=else{own},s={salt},i=4096",
        "r={own}x,s={salt},i=4095",
        "r={own}x,s={salt},i=1000001",
        "r={own}x,s={salt},i=99999999999999999999",
        "r={own}x,s={salt},i=-5",
        "r={own}x,s={salt},i=04096",
        "r={own}x,s=W22ZaJ0SNY7soEsUEjb6gQ,i=4096",
        "r={own}x,s=,i=4096",
        "s={salt},r={own}x,i=4096",
        "m=ext,r={own}x,s={salt},i=4096",
        "e=other-error",
        ""
      })
  void suspiciousServerIsRejected(String message) {
    ScramClient client = ScramClient.withNonce("user", "pencil", CLIENT_NONCE);
    String text = message.replace("{own}", CLIENT_NONCE).replace("{salt}", SALT);
    assertThat(client.receive(Bytes.utf8(text))).isInstanceOf(AuthStep.Rejected.class);
    assertThat(client.receive(Bytes.utf8(SERVER_FIRST)))
        .isEqualTo(new AuthStep.Rejected("the exchange is over"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4",
        "v=",
        "e=invalid-proof",
        ""
      })
  void serverThatProvesNothingIsRejected(String message) {
    ScramClient client = ScramClient.withNonce("user", "pencil", CLIENT_NONCE);
    client.receive(Bytes.utf8(SERVER_FIRST));
    assertThat(client.receive(Bytes.utf8(message))).isInstanceOf(AuthStep.Rejected.class);
  }

  @Test
  void serverThatSaysNothingIsRejected() {
    ScramClient client = ScramClient.withNonce("user", "pencil", CLIENT_NONCE);
    client.receive(Bytes.utf8(SERVER_FIRST));
    assertThat(client.receive(null)).isInstanceOf(AuthStep.Rejected.class);
  }

  // ---- both together

  @Test
  void namesWithSignsOfTheGrammarArePossible() {
    assertThat(outcome("a=b,c", "other")).isInstanceOf(AuthStep.Accepted.class);
    assertThat(ScramClient.withNonce("a=b,c", "other", "x").first().toUtf8())
        .isEqualTo("n,,n=a=3Db=2Cc,r=x");
  }

  @Test
  void passwordsAreComparedPrepared() {
    ScramUsers users = ScramUsers.of(Map.of("IX", credential("I\u00adX\u00a0\u2168")));
    assertThat(outcome(users, "\u2168", "IX IX"))
        .isInstanceOfSatisfying(
            AuthStep.Accepted.class, accepted -> assertThat(accepted.userName()).isEqualTo("IX"));
  }

  private static AuthStep outcome(String name, String password) {
    return outcome(USERS, name, password);
  }

  private static AuthStep outcome(ScramUsers users, String name, String password) {
    Random random = new Random(7);
    ScramServer server = ScramServer.create(users, random::nextLong);
    ScramClient client = ScramClient.create(name, password, random::nextLong);
    AuthStep.Continue challenge = (AuthStep.Continue) server.receive(client.first());
    AuthStep.Continue proof = (AuthStep.Continue) client.receive(challenge.data());
    AuthStep outcome = server.receive(proof.data());
    if (outcome instanceof AuthStep.Accepted accepted) {
      assertThat(client.receive(accepted.data())).isInstanceOf(AuthStep.Accepted.class);
    }
    return outcome;
  }

  private static String first(String name) {
    AuthStep step = server().receive(Bytes.utf8("n,,n=" + name + ",r=" + CLIENT_NONCE));
    return ((AuthStep.Continue) step).data().toUtf8();
  }

  private static void assertRejected(ScramServer server, String message, String reason) {
    assertThat(server.receive(Bytes.utf8(message))).isEqualTo(new AuthStep.Rejected(reason));
  }

  private static AuthStep next(String message) {
    return new AuthStep.Continue(Bytes.utf8(message));
  }

  private static ScramServer server() {
    return ScramServer.withNonce(USERS, SERVER_NONCE);
  }

  private static ScramCredential credential(String password) {
    Bytes salt = Bytes.hex("5b6d99689d12358eeca04b141236fa81");
    return ScramCredential.derive(password, salt, 4096);
  }
}
