package io.culvert.broker.remote;

import io.culvert.broker.auth.LoginRequest;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Answers that were given lately, so that clients which come back need not be asked about again. A
 * question is known by a keyed hash of all that could change its answer, password and peer address
 * among them (the port is left out); the key is random and lives as long as this object. An answer
 * that is good for a while only, or that denies, is not remembered. The oldest is forgotten first.
 * May be used by several threads.
 */
final class AnswerCache {
  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final int size;
  private final LongSupplier nanoTime;
  private final long validNanos;
  private final SecretKeySpec key;
  private final Map<ByteBuffer, Known> known = new LinkedHashMap<>();

  /**
   * @param nanoTime a clock that never jumps
   */
  AnswerCache(int size, long validMillis, LongSupplier nanoTime) {
    this.size = size;
    this.nanoTime = nanoTime;
    this.validNanos = TimeUnit.MILLISECONDS.toNanos(validMillis);
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, HMAC);
  }

  @Nullable JsonObject find(LoginRequest request) {
    if (validNanos == 0) {
      return null;
    }
    ByteBuffer hash = hash(request);
    synchronized (known) {
      Known found = known.get(hash);
      if (found != null && nanoTime.getAsLong() - found.sinceNanos > validNanos) {
        known.remove(hash);
        return null;
      }
      return found == null ? null : found.answer;
    }
  }

  void put(LoginRequest request, JsonObject answer) {
    boolean lasts =
        "allow".equals(answer.getString("result")) && !answer.containsKey("expires-in-seconds");
    if (validNanos == 0 || !lasts) {
      return;
    }
    ByteBuffer hash = hash(request);
    synchronized (known) {
      known.remove(hash); // to the end
      known.put(hash, new Known(answer, nanoTime.getAsLong()));
      if (known.size() > size) {
        known.remove(known.keySet().iterator().next());
      }
    }
  }

  private ByteBuffer hash(LoginRequest request) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      JsonObject question = Questions.about(request);
      String address = question.getString("remote-address", "");
      question.put("remote-address", address.substring(0, Math.max(0, address.lastIndexOf(':'))));
      return ByteBuffer.wrap(mac.doFinal(question.encode().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  private record Known(JsonObject answer, long sinceNanos) {}
}
