package io.culvert.conformance.launcher;

import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * SCRAM-SHA-256 for the HiveMQ client, by RFC 5802 and the JDK's own PBKDF2: nothing of Culvert's.
 */
final class HiveMqScram implements Mqtt5EnhancedAuthMechanism {
  private final String userName;
  private volatile String password;
  private volatile String firstBare = "";
  private volatile String expectedFinal = "";

  HiveMqScram(String userName, String password) {
    this.userName = userName;
    this.password = password;
  }

  void password(String next) {
    password = next;
  }

  @Override
  public MqttUtf8String getMethod() {
    return MqttUtf8String.of("SCRAM-SHA-256");
  }

  @Override
  public int getTimeout() {
    return 30;
  }

  @Override
  public CompletableFuture<Void> onAuth(
      Mqtt5ClientConfig config, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder builder) {
    builder.data(first());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig config, Mqtt5AuthBuilder builder) {
    builder.data(first());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Boolean> onContinue(
      Mqtt5ClientConfig config, Mqtt5Auth auth, Mqtt5AuthBuilder builder) {
    try {
      builder.data(answer(text(auth)));
      return CompletableFuture.completedFuture(true);
    } catch (GeneralSecurityException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig config, Mqtt5ConnAck connAck) {
    return CompletableFuture.completedFuture(
        connAck.getEnhancedAuth().map(auth -> text(auth).equals(expectedFinal)).orElse(false));
  }

  @Override
  public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig config, Mqtt5Auth auth) {
    return CompletableFuture.completedFuture(text(auth).equals(expectedFinal));
  }

  @Override
  public void onAuthRejected(Mqtt5ClientConfig config, Mqtt5ConnAck connAck) {
    // connect() fails
  }

  @Override
  public void onReAuthRejected(Mqtt5ClientConfig config, Mqtt5Disconnect disconnect) {
    // reauth() fails
  }

  @Override
  public void onAuthError(Mqtt5ClientConfig config, Throwable cause) {
    // connect() fails
  }

  @Override
  public void onReAuthError(Mqtt5ClientConfig config, Throwable cause) {
    // reauth() fails
  }

  private byte[] first() {
    firstBare = "n=" + userName + ",r=" + UUID.randomUUID();
    return utf8("n,," + firstBare);
  }

  private byte[] answer(String serverFirst) throws GeneralSecurityException {
    String[] parts = serverFirst.split(",", 3);
    byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
    int iterations = Integer.parseInt(parts[2].substring(2));
    byte[] salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
            .getEncoded();
    String withoutProof = "c=biws," + parts[0];
    String authMessage = firstBare + "," + serverFirst + "," + withoutProof;
    byte[] clientKey = hmac(salted, "Client Key");
    byte[] proof = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), authMessage);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    expectedFinal = "v=" + base64(hmac(hmac(salted, "Server Key"), authMessage));
    Arrays.fill(salted, (byte) 0);
    return utf8(withoutProof + ",p=" + base64(proof));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(utf8(text));
  }

  private static String text(Mqtt5EnhancedAuth auth) {
    ByteBuffer data = auth.getData().orElseGet(() -> ByteBuffer.allocate(0));
    return StandardCharsets.UTF_8.decode(data).toString();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
