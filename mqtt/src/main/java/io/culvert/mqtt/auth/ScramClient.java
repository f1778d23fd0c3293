package io.culvert.mqtt.auth;

import io.culvert.engine.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding.
 * Used once, by one thread at a time; the answer to the server's first message takes as long as the
 * server's iterations make it, so not on an event loop.
 *
 * <p>In MQTT: {@link #first} is the data of CONNECT, the answer goes into AUTH, and CONNACK brings
 * what proves that the server knows the user, too: until {@link AuthStep.Accepted} it has not.
 */
public final class ScramClient {
  private enum State {
    AWAITING_FIRST,
    AWAITING_FINAL,
    ENDED
  }

  private static final String HEADER = "n,,";

  private final String userName;
  private final String password;
  private final String ownNonce;
  private final String firstBare;
  private State state = State.AWAITING_FIRST;
  private byte[] serverSignature = {};

  private ScramClient(String userName, String password, String ownNonce) {
    this.userName = SaslPrep.prepare(userName);
    this.password = SaslPrep.prepare(password);
    this.ownNonce = ownNonce;
    this.firstBare = "n=" + ScramText.escape(this.userName) + ",r=" + ownNonce;
  }

  /**
   * A client that is about to begin.
   *
   * @param random chance that nobody can foresee
   * @throws IllegalArgumentException when {@link SaslPrep} refuses the name or the password
   */
  public static ScramClient create(String userName, String password, LongSupplier random) {
    return withNonce(userName, password, ScramText.nonce(random));
  }

  static ScramClient withNonce(String userName, String password, String nonce) {
    return new ScramClient(userName, password, nonce);
  }

  /** The message that begins the exchange. */
  public Bytes first() {
    return Bytes.utf8(HEADER + firstBare);
  }

  /** A message of the server; null where it should have sent one and has not. */
  public AuthStep receive(@Nullable Bytes data) {
    State current = state;
    state = State.ENDED;
    String message = data == null ? null : ScramText.decode(data);
    if (message == null) {
      return new AuthStep.Rejected("no SCRAM message, or one that is too long or not UTF-8");
    }
    return switch (current) {
      case AWAITING_FIRST -> answer(message);
      case AWAITING_FINAL -> verify(message);
      case ENDED -> new AuthStep.Rejected("the exchange is over");
    };
  }

  private AuthStep answer(String serverFirst) {
    String[] parts = ScramText.parts(serverFirst);
    String nonce = ScramText.value(parts, 0, 'r');
    String saltText = ScramText.value(parts, 1, 's');
    String iterationsText = ScramText.value(parts, 2, 'i');
    byte[] salt = saltText == null ? null : Sha256.fromBase64(saltText);
    Integer iterations = iterationsText == null ? null : ScramText.number(iterationsText);
    if (nonce == null || !ScramText.isNonce(nonce) || salt == null || iterations == null) {
      return new AuthStep.Rejected("the server's first SCRAM message is malformed");
    }
    if (!nonce.startsWith(ownNonce) || nonce.length() == ownNonce.length()) {
      return new AuthStep.Rejected("the server's nonce does not continue ours");
    }
    boolean bearable =
        iterations >= ScramCredential.MINIMUM_ITERATIONS
            && iterations <= ScramCredential.MAXIMUM_ITERATIONS;
    if (!bearable) { // few would give the password away to a server that is none
      return new AuthStep.Rejected(iterations + " iterations are too few or too many");
    }
    String withoutProof =
        "c=" + Sha256.base64(HEADER.getBytes(StandardCharsets.UTF_8)) + ",r=" + nonce;
    String authMessage = firstBare + "," + serverFirst + "," + withoutProof;
    byte[] salted = Sha256.derive(password, salt, iterations);
    byte[] clientKey = ScramCredential.clientKey(salted);
    byte[] proof = Sha256.xor(clientKey, Sha256.hmac(Sha256.hash(clientKey), authMessage));
    serverSignature = Sha256.hmac(Sha256.hmac(salted, "Server Key"), authMessage);
    state = State.AWAITING_FINAL;
    return new AuthStep.Continue(Bytes.utf8(withoutProof + ",p=" + Sha256.base64(proof)));
  }

  private AuthStep verify(String serverFinal) {
    String text = ScramText.value(ScramText.parts(serverFinal), 0, 'v');
    byte[] signature = text == null ? null : Sha256.fromBase64(text);
    return signature != null && MessageDigest.isEqual(signature, serverSignature)
        ? new AuthStep.Accepted(userName, Bytes.EMPTY)
        : new AuthStep.Rejected("the server does not know the password");
  }
}
