package io.culvert.broker.jwt;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys by which tokens are checked. A key counts for the algorithms of its own kind only: so a
 * public key never becomes a secret, and {@code none} is no algorithm. Never changes; may be used
 * by several threads.
 */
public final class TokenKeys {
  /** No keys, by which no token is good. */
  public static final TokenKeys NONE = new TokenKeys(List.of(), List.of());

  /** As long as the hash (RFC 7518 §3.2). */
  private static final int SHORTEST_SECRET_BYTES = 32;

  private static final int SHORTEST_RSA_BITS = 2048;
  private static final List<String> RSA = List.of("RS256", "RS384", "RS512");
  private static final Map<String, String> CURVES =
      Map.of("P-256", "ES256", "P-384", "ES384", "P-521", "ES512");

  private final List<PubSecKeyOptions> single;
  private final List<JsonObject> named;
  private final Set<String> algorithms = new HashSet<>();
  private final Set<String> ids = new HashSet<>();
  private final @Nullable JWTAuth checks;

  private TokenKeys(List<PubSecKeyOptions> single, List<JsonObject> named) {
    this.single = List.copyOf(single);
    this.named = List.copyOf(named);
    single.forEach(key -> algorithms.add(key.getAlgorithm()));
    named.forEach(
        key -> {
          algorithms.add(key.getString("alg"));
          if (key.containsKey("kid")) {
            ids.add(key.getString("kid"));
          }
        });
    JWTAuthOptions options =
        new JWTAuthOptions().setJWTOptions(new JWTOptions().setIgnoreExpiration(true));
    single.forEach(options::addPubSecKey);
    named.forEach(options::addJwk);
    // Without a key it would let tokens in that are not signed. It needs no Vert.x for these.
    this.checks = algorithms.isEmpty() ? null : JWTAuth.create(null, options);
  }

  /**
   * A secret that both sides know (HS256, HS384, HS512).
   *
   * @throws IllegalArgumentException if it is too short
   */
  public static TokenKeys ofSecret(String secret) {
    if (secret.getBytes(StandardCharsets.UTF_8).length < SHORTEST_SECRET_BYTES) {
      throw new IllegalArgumentException("the secret has less than 32 bytes");
    }
    return new TokenKeys(
        keys(Buffer.buffer(secret), List.of("HS256", "HS384", "HS512")), List.of());
  }

  /**
   * A public key in PEM (RS256 to RS512, or ES256 to ES512 by its curve).
   *
   * @throws IllegalArgumentException if it is none, or an RSA key of less than 2048 bits
   */
  public static TokenKeys ofPem(String pem) {
    byte[] der;
    try {
      der =
          Base64.getMimeDecoder()
              .decode(pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is no public key in PEM", e);
    }
    if (!pem.contains("-----BEGIN PUBLIC KEY-----")) {
      throw new IllegalArgumentException("is no public key in PEM");
    }
    return new TokenKeys(keys(Buffer.buffer(pem), algorithmsOf(der)), List.of());
  }

  /**
   * The keys of a JSON Web Key Set (RFC 7517) that check signatures by RSA or over elliptic curves;
   * others are left out.
   *
   * @throws IllegalArgumentException if it is none, or has no such key
   */
  public static TokenKeys ofSet(JsonObject set) {
    List<JsonObject> usable = new ArrayList<>();
    if (!(set.getValue("keys") instanceof JsonArray keys)) {
      throw new IllegalArgumentException("is no JSON Web Key Set: it has no list \"keys\"");
    }
    try {
      for (int i = 0; i < keys.size(); i++) {
        usable.addAll(usable(keys.getJsonObject(i)));
      }
      if (!usable.isEmpty()) {
        return new TokenKeys(List.of(), usable);
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("has a malformed key", e);
    }
    throw new IllegalArgumentException("has no key of RSA (from 2048 bits) or elliptic curves");
  }

  /** These and others. */
  public TokenKeys and(TokenKeys others) {
    List<PubSecKeyOptions> allSingle = new ArrayList<>(single);
    allSingle.addAll(others.single);
    List<JsonObject> allNamed = new ArrayList<>(named);
    allNamed.addAll(others.named);
    return new TokenKeys(allSingle, allNamed);
  }

  public boolean isEmpty() {
    return algorithms.isEmpty();
  }

  /** Whether a key of this name is among them. */
  boolean knows(String keyId) {
    return ids.contains(keyId);
  }

  /**
   * What a token claims, if one of these keys has signed it. Takes some tenths of a millisecond:
   * not on a loop.
   */
  @Nullable JsonObject verified(Token token) {
    JWTAuth checking = checks;
    if (checking == null || !algorithms.contains(token.algorithm())) {
      return null;
    }
    try {
      Future<User> user = checking.authenticate(new TokenCredentials(token.text()));
      return user.succeeded() ? user.result().attributes().getJsonObject("accessToken") : null;
    } catch (RuntimeException nonsense) {
      return null; // claims of types that they cannot have
    }
  }

  /** Without the keys. */
  @Override
  public String toString() {
    return "TokenKeys" + algorithms;
  }

  private static List<PubSecKeyOptions> keys(Buffer key, List<String> algorithms) {
    return algorithms.stream()
        .map(algorithm -> new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(key))
        .toList();
  }

  private static List<String> algorithmsOf(byte[] der) {
    try {
      X509EncodedKeySpec spec = new X509EncodedKeySpec(der);
      if (isRsa(der)) {
        RSAPublicKey key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec);
        checkRsa(key.getModulus());
        return RSA;
      }
      ECPublicKey key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec);
      String curve = "P-" + key.getParams().getCurve().getField().getFieldSize();
      String algorithm = CURVES.get(curve);
      if (algorithm != null) {
        return List.of(algorithm);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("is no public key of RSA or of an elliptic curve", e);
    }
    throw new IllegalArgumentException("is of another curve than P-256, P-384 and P-521");
  }

  private static boolean isRsa(byte[] der) {
    try {
      KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void checkRsa(BigInteger modulus) {
    if (modulus.bitLength() < SHORTEST_RSA_BITS) {
      throw new IllegalArgumentException("is an RSA key of less than 2048 bits");
    }
  }

  /** The public parts that count, once for each algorithm. */
  private static List<JsonObject> usable(JsonObject key) {
    String type = key.getString("kty", "");
    if (!key.getString("use", "sig").equals("sig")) {
      return List.of();
    }
    if (type.equals("RSA")) {
      byte[] modulus = Base64.getUrlDecoder().decode(key.getString("n"));
      if (new BigInteger(1, modulus).bitLength() < SHORTEST_RSA_BITS) {
        return List.of();
      }
      return copies(key, RSA, "n", "e");
    }
    String algorithm = CURVES.get(key.getString("crv", ""));
    return type.equals("EC") && algorithm != null
        ? copies(key, List.of(algorithm), "crv", "x", "y")
        : List.of();
  }

  private static List<JsonObject> copies(
      JsonObject key, List<String> algorithms, String... members) {
    List<JsonObject> copies = new ArrayList<>();
    for (String algorithm : algorithms) {
      if (key.getString("alg", algorithm).equals(algorithm)) {
        JsonObject copy = new JsonObject().put("kty", key.getString("kty")).put("alg", algorithm);
        if (key.containsKey("kid")) {
          copy.put("kid", key.getString("kid"));
        }
        for (String member : members) {
          copy.put(member, key.getString(member));
        }
        copies.add(copy);
      }
    }
    return copies;
  }
}
