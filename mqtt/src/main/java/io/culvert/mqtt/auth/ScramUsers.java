package io.culvert.mqtt.auth;

import io.culvert.engine.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The users that a server knows. Immutable, so that any thread may ask it.
 *
 * <p>A name that nobody has gets a credential, too: made of the name and of a secret, so that it is
 * the same each time, with as many iterations and as long a salt as a user has that is really
 * there. So a stranger cannot find out who has an account. The secret is made of all the
 * credentials: it is the same after a restart and on each node that has the same users, and another
 * one when users change, so whoever asks before and after that learns a little.
 */
public final class ScramUsers {
  private final Map<String, ScramCredential> credentials;
  private final List<ScramCredential> shapes;
  private final byte[] secret;

  private ScramUsers(SortedMap<String, ScramCredential> sorted) {
    this.credentials = Map.copyOf(sorted);
    this.shapes = new ArrayList<>(sorted.values());
    byte[] chain = Sha256.hash(new byte[0]);
    for (Map.Entry<String, ScramCredential> user : sorted.entrySet()) {
      chain = Sha256.hmac(chain, user.getKey() + "\n" + user.getValue().print());
    }
    this.secret = chain;
  }

  /**
   * The users of a map, which is copied.
   *
   * @param credentials by user name
   * @throws IllegalArgumentException when there is none, or a name is not in its prepared form
   */
  public static ScramUsers of(Map<String, ScramCredential> credentials) {
    if (credentials.isEmpty()) {
      throw new IllegalArgumentException("no users");
    }
    credentials
        .keySet()
        .forEach(
            name -> {
              if (!SaslPrep.prepare(name).equals(name)) {
                throw new IllegalArgumentException("a user name is not in its prepared form");
              }
            });
    return new ScramUsers(new TreeMap<>(credentials));
  }

  public int size() {
    return credentials.size();
  }

  /** Whether there is such a user. */
  public boolean knows(String name) {
    return credentials.containsKey(name);
  }

  /** The user's, or the one of a user that does not exist; both take as long. */
  ScramCredential find(String name) {
    ScramCredential invented = invent(name);
    return credentials.getOrDefault(name, invented);
  }

  private ScramCredential invent(String name) {
    byte[] seed = Sha256.hmac(secret, name);
    int index = Math.floorMod(ByteBuffer.wrap(seed).getInt(), shapes.size());
    ScramCredential shape = shapes.get(index);
    byte[] salt = new byte[2 * Sha256.BYTES];
    System.arraycopy(Sha256.hmac(seed, "salt"), 0, salt, 0, Sha256.BYTES);
    System.arraycopy(Sha256.hmac(seed, "more salt"), 0, salt, Sha256.BYTES, Sha256.BYTES);
    return new ScramCredential(
        shape.iterations(),
        Bytes.wrap(salt, 0, shape.salt().length()),
        Bytes.wrap(Sha256.hmac(seed, "StoredKey")),
        Bytes.wrap(Sha256.hmac(seed, "ServerKey")));
  }
}
