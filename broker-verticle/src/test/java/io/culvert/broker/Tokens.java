package io.culvert.broker;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes keys, and JSON Web Tokens by hand: good ones and others. */
final class Tokens {
  private Tokens() {}

  static KeyPair rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  static KeyPair curve(String name) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(name));
    return generator.generateKeyPair();
  }

  static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  static JsonObject set(JsonObject... keys) {
    return new JsonObject().put("keys", new JsonArray(Arrays.asList(keys)));
  }

  static JsonObject jwk(String id, PublicKey key) {
    JsonObject jwk = new JsonObject().put("kid", id).put("use", "sig");
    if (key instanceof RSAPublicKey rsa) {
      return jwk.put("kty", "RSA")
          .put("n", number(rsa.getModulus(), 0))
          .put("e", number(rsa.getPublicExponent(), 0));
    }
    ECPublicKey curve = (ECPublicKey) key;
    int bits = curve.getParams().getCurve().getField().getFieldSize();
    return jwk.put("kty", "EC")
        .put("crv", "P-" + bits)
        .put("x", number(curve.getW().getAffineX(), (bits + 7) / 8))
        .put("y", number(curve.getW().getAffineY(), (bits + 7) / 8));
  }

  static JsonObject header(String algorithm) {
    return new JsonObject().put("typ", "JWT").put("alg", algorithm);
  }

  /** Those of a user, good for so many seconds. */
  static JsonObject claims(String user, long seconds) {
    return new JsonObject().put("sub", user).put("exp", now() + seconds);
  }

  static long now() {
    return System.currentTimeMillis() / 1000;
  }

  static String signed(JsonObject header, JsonObject claims, KeyPair key)
      throws GeneralSecurityException {
    String algorithm = header.getString("alg");
    String kind = algorithm.startsWith("RS") ? "withRSA" : "withECDSAinP1363Format";
    Signature signature = Signature.getInstance("SHA" + algorithm.substring(2) + kind);
    signature.initSign(key.getPrivate());
    signature.update(unsigned(header, claims).getBytes(StandardCharsets.US_ASCII));
    return unsigned(header, claims) + "." + base64(signature.sign());
  }

  static String signed(JsonObject header, JsonObject claims, String secret)
      throws GeneralSecurityException {
    String algorithm = "HmacSHA" + header.getString("alg").substring(2);
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
    byte[] sum = mac.doFinal(unsigned(header, claims).getBytes(StandardCharsets.US_ASCII));
    return unsigned(header, claims) + "." + base64(sum);
  }

  static String unsigned(JsonObject header, JsonObject claims) {
    return base64(header.encode().getBytes(StandardCharsets.UTF_8))
        + "."
        + base64(claims.encode().getBytes(StandardCharsets.UTF_8));
  }

  private static String number(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    int size = Math.max(length, bytes.length - from);
    byte[] padded = new byte[size];
    System.arraycopy(bytes, from, padded, size - (bytes.length - from), bytes.length - from);
    return base64(padded);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
