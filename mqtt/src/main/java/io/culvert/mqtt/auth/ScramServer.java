package io.culvert.mqtt.auth;

import io.culvert.engine.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding and
 * authorization identity. Used once, by one thread at a time.
 *
 * <p>An unknown user is led through the same steps as a known one and refused with the same words
 * at the same place.
 */
public final class ScramServer {
  /** The Authentication Method of MQTT, and the mechanism of SASL. */
  public static final String METHOD = "SCRAM-SHA-256";

  private static final String WRONG = "user name or password is wrong";

  private enum State {
    AWAITING_FIRST,
    AWAITING_FINAL,
    ENDED
  }

  private final ScramUsers users;
  private final String ownNonce;
  private State state = State.AWAITING_FIRST;
  private boolean asked;
  private String header = "";
  private String userName = "";
  private String clientFirstBare = "";
  private String serverFirst = "";
  private String nonce = "";

  private ScramServer(ScramUsers users, String ownNonce) {
    this.users = users;
    this.ownNonce = ownNonce;
  }

  /**
   * A server that awaits the first message.
   *
   * @param random chance that nobody can foresee
   */
  public static ScramServer create(ScramUsers users, LongSupplier random) {
    return withNonce(users, ScramText.nonce(random));
  }

  static ScramServer withNonce(ScramUsers users, String nonce) {
    return new ScramServer(users, nonce);
  }

  /**
   * A message of the client. After {@link AuthStep.Accepted} and {@link AuthStep.Rejected} every
   * further one is rejected.
   *
   * @param data null or empty when the client leaves the first word to the server
   */
  public AuthStep receive(@Nullable Bytes data) {
    String message = data == null ? "" : ScramText.decode(data);
    State current = state;
    state = State.ENDED;
    if (message == null) {
      return new AuthStep.Rejected("a SCRAM message is too long or not UTF-8");
    }
    return switch (current) {
      case AWAITING_FIRST -> message.isEmpty() && !asked ? ask() : first(message);
      case AWAITING_FINAL -> last(message);
      case ENDED -> new AuthStep.Rejected("the exchange is over");
    };
  }

  /** RFC 4422 §3: who has not spoken first is asked to. */
  private AuthStep ask() {
    asked = true;
    state = State.AWAITING_FIRST;
    return new AuthStep.Continue(Bytes.EMPTY);
  }

  private AuthStep first(String message) {
    if (message.startsWith("p=")) {
      return new AuthStep.Rejected("no channel binding here");
    }
    if (!message.startsWith("n,,") && !message.startsWith("y,,")) {
      return new AuthStep.Rejected("no authorization identity here, or not SCRAM");
    }
    header = message.substring(0, 3);
    clientFirstBare = message.substring(3);
    String[] parts = ScramText.parts(clientFirstBare);
    String saslName = ScramText.value(parts, 0, 'n');
    String clientNonce = ScramText.value(parts, 1, 'r');
    if (saslName == null || clientNonce == null || !ScramText.isNonce(clientNonce)) {
      return new AuthStep.Rejected("the first SCRAM message is malformed");
    }
    String name = prepared(saslName);
    if (name == null) {
      return new AuthStep.Rejected("the user name is malformed");
    }
    userName = name;
    ScramCredential credential = users.find(name);
    nonce = clientNonce + ownNonce;
    serverFirst =
        "r="
            + nonce
            + ",s="
            + Sha256.base64(credential.salt().toByteArray())
            + ",i="
            + credential.iterations();
    state = State.AWAITING_FINAL;
    return new AuthStep.Continue(Bytes.utf8(serverFirst));
  }

  private AuthStep last(String message) {
    String[] parts = ScramText.parts(message);
    String binding = ScramText.value(parts, 0, 'c');
    String returned = ScramText.value(parts, 1, 'r');
    String proofText = ScramText.value(parts, parts.length - 1, 'p');
    byte[] proof = proofText == null ? null : Sha256.fromBase64(proofText);
    if (parts.length < 3 || proof == null || proof.length != Sha256.BYTES) {
      return new AuthStep.Rejected("the last SCRAM message is malformed");
    }
    String expected = Sha256.base64(header.getBytes(StandardCharsets.UTF_8));
    if (!expected.equals(binding)) {
      return new AuthStep.Rejected("the channel binding is not that of the first message");
    }
    if (!nonce.equals(returned)) {
      return new AuthStep.Rejected("the nonce is not that of this exchange");
    }
    String withoutProof = message.substring(0, message.lastIndexOf(",p="));
    String authMessage = clientFirstBare + "," + serverFirst + "," + withoutProof;
    ScramCredential credential = users.find(userName);
    byte[] storedKey = credential.storedKey().toByteArray();
    byte[] clientKey = Sha256.xor(proof, Sha256.hmac(storedKey, authMessage));
    boolean known = users.knows(userName);
    boolean proven = MessageDigest.isEqual(Sha256.hash(clientKey), storedKey);
    String signature =
        Sha256.base64(Sha256.hmac(credential.serverKey().toByteArray(), authMessage));
    return proven && known
        ? new AuthStep.Accepted(userName, Bytes.utf8("v=" + signature))
        : new AuthStep.Rejected(WRONG);
  }

  private static @Nullable String prepared(String saslName) {
    String name = ScramText.unescape(saslName);
    try {
      return name == null ? null : SaslPrep.prepare(name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
