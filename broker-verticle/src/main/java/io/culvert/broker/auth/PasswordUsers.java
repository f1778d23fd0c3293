package io.culvert.broker.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The users of a password file. May be used by several threads.
 *
 * <p>A password that was right once is known again by a keyed hash that costs a microsecond, so
 * that clients which come back all at once need not be hashed slowly once more. The key is random
 * and lives as long as this object; one hash is kept for each user at most.
 */
public final class PasswordUsers {
  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final Map<String, PasswordHash> users;
  private final Map<String, byte[]> known = new ConcurrentHashMap<>();
  private final SecretKeySpec key;

  /** Costs what a wrong password costs, so that time does not tell which names there are. */
  private final PasswordHash nobody;

  private PasswordUsers(Map<String, PasswordHash> users) {
    this.users = Map.copyOf(users);
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, HMAC);
    this.nobody = users.values().iterator().next();
  }

  /**
   * All of them.
   *
   * @param users not empty
   */
  public static PasswordUsers of(Map<String, PasswordHash> users) {
    return new PasswordUsers(users);
  }

  /** Whether this password was right before; false says nothing. Takes about a microsecond. */
  public boolean isKnown(String userName, byte[] password) {
    byte[] before = known.get(userName);
    return before != null && MessageDigest.isEqual(before, quickHash(userName, password));
  }

  /** Whether this is the user's password. Takes as long as the hash makes it: not on a loop. */
  public boolean check(String userName, byte[] password) {
    PasswordHash hash = users.get(userName);
    boolean matches = (hash == null ? nobody : hash).matches(password);
    if (hash == null || !matches) {
      return false;
    }
    known.put(userName, quickHash(userName, password));
    return true;
  }

  public int size() {
    return users.size();
  }

  /** Whether there is such a user. */
  public boolean contains(String userName) {
    return users.containsKey(userName);
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "PasswordUsers[" + users.size() + "]";
  }

  private byte[] quickHash(String userName, byte[] password) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update(userName.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0); // which no user name has
      return mac.doFinal(password);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
